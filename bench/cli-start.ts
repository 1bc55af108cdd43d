import { spawnSync } from 'node:child_process'
import { type Benchmark, countOf } from './support/benchmark.ts'
import { binaryOptions, prepareBinary } from './support/binary.ts'
import { loadedModules } from './support/loaded-modules.ts'
import { median, medianRatio, round } from './support/median.ts'
import { table } from './support/table.ts'
import { withWorkFolder } from './support/work-folder.ts'

const limit = 2.5
const warmUps = 5

export const benchmark: Benchmark = {
  options: { ...binaryOptions, rounds: { type: 'string', default: '30' } },
  async run(values, note) {
    const rounds = countOf(values, 'rounds')
    return withWorkFolder(async (directory) => {
      const binary = await prepareBinary(values, directory, note)
      const contenders = {
        'node -e 0': ['-e', '0'],
        'dbsvc --help': [binary.file, '--help'],
        'dbsvc --version': [binary.file, '--version'],
      }
      note(`starting each ${rounds} times, in turn`)
      const milliseconds = timeInTurn(contenders, rounds)
      const bare = milliseconds['node -e 0'] ?? []
      const ratioOf = (name: string): number => round(medianRatio(milliseconds[name] ?? [], bare))
      const ratios = { help: ratioOf('dbsvc --help'), version: ratioOf('dbsvc --version') }
      if (Math.max(ratios.help, ratios.version) > limit) {
        note(`over ${limit}; dbsvc --help loads:\n${loadedModules([binary.file, '--help']).join('\n')}`)
      }
      const medians = Object.entries(milliseconds).map(
        ([name, times]) => [name, round(median(times), 1), ratioOf(name)] as const,
      )
      const configuration = { node: process.version, dbsvc: binary.description, rounds, limit }
      return {
        document: {
          ratios,
          milliseconds: Object.fromEntries(medians.map(([name, time]) => [name, time])),
          configuration,
        },
        lines: [
          ...table(['', 'ms', 'ratio'], medians),
          '',
          `node ${process.version}, dbsvc ${binary.description}, median of ${rounds} rounds; at most ${limit} is wanted`,
        ],
      }
    })
  },
}

/** One of each per round, so that a slow minute hits all alike. */
function timeInTurn(contenders: Readonly<Record<string, string[]>>, rounds: number): Record<string, number[]> {
  const milliseconds: Record<string, number[]> = {}
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [name, args] of Object.entries(contenders)) {
      const elapsed = timeStart(args)
      if (round < 0) continue
      milliseconds[name] ??= []
      milliseconds[name].push(elapsed)
    }
  }
  return milliseconds
}

function timeStart(args: readonly string[]): number {
  const started = performance.now()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  const elapsed = performance.now() - started
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
  return elapsed
}

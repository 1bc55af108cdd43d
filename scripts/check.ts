import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { skippedStatus } from './support/problems.ts'
import { root } from './support/repository.ts'

/** `npm run check` runs everything below; `npm run check -- tsc links` only what is named. */
interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const tools: readonly Check[] = [
  { name: 'biome', command: ['biome', 'ci', '--colors=off', '.'] },
  { name: 'tsc', command: ['tsc', '--noEmit'] },
  { name: 'imports', command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'src', 'bin'] },
]

const own = (await readdir(join(root, 'scripts', 'checks')))
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .map((file): Check => ({ name: basename(file, '.ts'), command: ['node', join('scripts', 'checks', file)] }))

const asked = process.argv.slice(2)
const all = [...tools, ...own]
const unknown = asked.filter((name) => !all.some((check) => check.name === name))
if (unknown.length > 0) {
  process.stderr.write(
    `no check is called ${unknown.join(', ')}; there are: ${all.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(64)
}

const checks = all.filter(({ name }) => asked.length === 0 || asked.includes(name))
const count = { passed: 0, FAILED: 0, skipped: 0 }
// The compiler takes as long as all others together.
const waiting = checks.values()
await Promise.all([runWaiting(), runWaiting()])
const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`
process.stdout.write(`${count.passed} passed, ${count.FAILED} failed${skipped}\n`)
process.exitCode = count.FAILED === 0 ? 0 : 1

async function runWaiting(): Promise<void> {
  for (const check of waiting) count[await outcomeOf(check)] += 1
}

async function outcomeOf({ name, command: [file, ...args] }: Check): Promise<keyof typeof count> {
  const started = performance.now()
  const options = { cwd: root, preferLocal: true, all: true, reject: false, env: { NO_COLOR: '1' } } as const
  const { exitCode, all: output } = await execa(file, args, options)
  const outcome = exitCode === 0 ? 'passed' : exitCode === skippedStatus ? 'skipped' : 'FAILED'
  process.stdout.write(`${outcome}  ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`)
  if (outcome !== 'passed') process.stdout.write(`${output}\n`)
  return outcome
}

import type { Binary } from '../binary.ts'
import { runDbsvc, runNode } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'
import { countQueries } from './count-queries.ts'
import type { Fleet } from './fleet.ts'
import { type IdleName, idleCommands, idleNames } from './idle-commands.ts'

/** Milliseconds by round, and SQL queries of one run. */
export interface IdleCost {
  readonly milliseconds: number[]
  queries: number
}

export interface Sizes<Value> {
  readonly few: Value
  readonly all: Value
}

export interface Idle {
  /** Milliseconds of `node -e 0`, by round. */
  readonly bare: readonly number[]
  readonly commands: Readonly<Record<IdleName, Sizes<IdleCost>>>
}

const noCost = (): IdleCost => ({ milliseconds: [], queries: 0 })

/** Each command on both fleets in every round, so that a slow minute hits all alike. The first round warms up. */
export async function measureIdle(
  binary: Binary,
  server: BenchmarkServer,
  fleets: Sizes<Fleet>,
  rounds: number,
): Promise<Idle> {
  const bare: number[] = []
  const commands = { up: sizes(noCost), status: sizes(noCost), plan: sizes(noCost) }
  for (let round = 0; round <= rounds; round += 1) {
    const { milliseconds } = await runNode(['-e', '0'])
    if (round > 0) bare.push(milliseconds)
    for (const name of idleNames) {
      for (const size of ['few', 'all'] as const) {
        const elapsed = await timeIdle(binary, name, fleets[size])
        if (round > 0) commands[name][size].milliseconds.push(elapsed)
      }
    }
  }
  for (const name of idleNames) {
    for (const size of ['few', 'all'] as const) {
      const { database } = fleets[size]
      commands[name][size].queries = await countQueries(server, database, () => timeIdle(binary, name, fleets[size]))
    }
  }
  return { bare, commands }
}

const sizes = <Value>(make: () => Value): Sizes<Value> => ({ few: make(), all: make() })

/** @throws when there was something to do */
async function timeIdle(binary: Binary, name: IdleName, fleet: Fleet): Promise<number> {
  const { args, isIdle } = idleCommands[name]
  const run = await runDbsvc(binary, fleet.project, args)
  if (!isIdle(run, fleet)) throw new Error(`dbsvc ${args.join(' ')} was not idle: ${run.stdout}`)
  return run.milliseconds
}

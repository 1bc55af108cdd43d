import type { Blow } from '../points.ts'
import { dropAgain, resume, type Scenario } from '../scenario.ts'
import type { Fixture, Start } from './fixture.ts'

/** A command, and the state of the cluster and the store it starts from. */
export interface StoreScenario extends Pick<Scenario, 'args' | 'finish'> {
  readonly start: Start
  /** Whether a company that is active must have all migrations of the store. */
  readonly whole: boolean
  /** Removed by the end. */
  readonly dropped: readonly string[]
}

export function scenariosOf({ companies, harness }: Fixture): Readonly<Record<string, StoreScenario>> {
  const { a, b, c, d, e } = companies
  const placed = [a, b, c]
  const settled = { migrations: 2, placed, unplaced: [] } as const
  const common = { whole: false, dropped: [] }
  const down = ['migrate', 'down', '--engine', harness.engine.name]
  return {
    'migrate up': {
      ...common,
      args: ['migrate', 'up'],
      start: { migrations: 1, placed, unplaced: [d, e] },
    },
    'tenant create': {
      ...common,
      args: ['tenant', 'create', ...placed],
      start: { migrations: 2, placed: [], unplaced: [] },
      whole: true,
    },
    'tenant drop': {
      ...common,
      args: ['tenant', 'drop', a, '--confirm', a],
      finish: dropAgain(a),
      start: settled,
      dropped: [a],
    },
    'tenant suspend': { ...common, args: ['tenant', 'suspend', a], start: settled },
    ...(harness.engine.capabilities.migrations
      ? { 'migrate down': { ...common, args: down, finish: resume(down), start: settled } }
      : {}),
  }
}

/** Where a run is struck: at a request to the store, or to PostgreSQL, whose ledger is written in between. */
export interface StorePoint {
  readonly on: 'store' | 'postgres'
  readonly blow: Exclude<Blow, 'interrupt'>
  readonly phase: 'before' | 'during' | 'after'
  readonly request: number
}

export const nameOfPoint = ({ on, blow, phase, request }: StorePoint): string =>
  `${blow} ${phase} request ${request} to ${on === 'store' ? 'the store' : 'PostgreSQL'}`

const strikes = [
  { blow: 'kill', phase: 'before' },
  { blow: 'kill', phase: 'during' },
  { blow: 'kill', phase: 'after' },
  { blow: 'cut', phase: 'before' },
  { blow: 'cut', phase: 'after' },
] as const

export const pointsAt = (on: StorePoint['on'], requests: number): StorePoint[] =>
  Array.from({ length: requests }, (_, index) =>
    strikes.map((strike) => ({ ...strike, on, request: index + 1 })),
  ).flat()

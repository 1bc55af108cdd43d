import { type Run, resultOf } from '../run-dbsvc.ts'
import type { Fleet } from './fleet.ts'

/** A command that finds nothing to do. */
export interface IdleCommand {
  readonly args: readonly string[]
  /** Whether it said so, of all companies. */
  isIdle(run: Run, fleet: Fleet): boolean
}

interface Status {
  readonly groups: readonly { readonly scope: string; readonly targets: number; readonly pending: number | null }[]
}

export const idleCommands = {
  up: {
    args: ['migrate', 'up', '--json'],
    isIdle: (run) => resultOf<{ steps: readonly object[] }>(run).steps.length === 0,
  },
  status: {
    args: ['migrate', 'status', '--json'],
    isIdle: (run, { companies }) =>
      resultOf<Status>(run).groups.some(
        ({ scope, targets, pending }) => scope === 'tenant' && targets === companies.length && pending === 0,
      ),
  },
  plan: {
    args: ['migrate', 'plan', '--json'],
    isIdle: (run) => resultOf<{ migrations: readonly object[] }>(run).migrations.length === 0,
  },
} satisfies Record<string, IdleCommand>

export type IdleName = keyof typeof idleCommands
export const idleNames = Object.keys(idleCommands) as IdleName[]

import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { extendHistory } from '../../core/migration/history.ts'
import { readGroupMembers } from '../../engines/postgres/migration/ledger.ts'
import type { AnyWorker, MigrationDriver } from './drivers/driver.ts'
import type { PendingGroup } from './pending.ts'
import type { Run } from './run.ts'
import { takeStep } from './step.ts'
import type { Crew } from './workers.ts'

/** One engine's part in a run. */
export interface EngineLane {
  readonly driver: MigrationDriver
  readonly crew: Crew<AnyWorker>
  readonly compiled: readonly MigrationFile[]
}

/**
 * Takes the targets of one group through its migrations, one after the other; a target that failed takes no further part.
 * @returns the targets that another run has moved meanwhile
 */
export async function advance(
  run: Run,
  { driver, crew, compiled }: EngineLane,
  group: PendingGroup,
  stop?: (failures: number) => boolean,
): Promise<readonly string[]> {
  const { scope } = group
  const { engine } = driver
  let { targets, history, applied } = group
  const moved: string[] = []
  for (const file of group.pending) {
    if (targets.length === 0 || run.signal.aborted) break
    const migration = compiledOf(compiled, file)
    const origin = { engine, scope, history, applied }
    const result = await takeStep(run, driver, crew, {
      direction: 'up',
      migration,
      targets,
      work: (worker, companies) => worker.apply({ ...origin, companies }, [migration]),
      remaining: () => readGroupMembers(run.session.client, engine, scope, origin.history),
      ...(stop === undefined ? {} : { stop }),
    })
    moved.push(...result.moved)
    targets = [...result.done].sort()
    history = extendHistory(history, migration)
    applied += 1
  }
  return moved
}

export function compiledOf(compiled: readonly MigrationFile[], file: MigrationFile): MigrationFile {
  const found = compiled.find((candidate) => candidate.scope === file.scope && candidate.name === file.name)
  if (found === undefined) throw DbsvcError.of('DBS-1902', { reason: `${file.name} was not compiled` })
  return found
}

import { createCompanies } from '../../../../src/app/company/create.ts'
import { dropConfirmed } from '../../../../src/app/company/drop.ts'
import { listOf } from '../../../../src/app/company/list.ts'
import { migrateDown, migrateRedo } from '../../../../src/app/migrate/down.ts'
import type { RunResult } from '../../../../src/app/migrate/run.ts'
import { migrateUp } from '../../../../src/app/migrate/up.ts'
import { type Session, withSession } from '../../../../src/app/session.ts'
import { loadConfig } from '../../../../src/config/loader.ts'
import { createDatabase, type TestDatabase } from '../../../support/database.ts'
import { createProject, type TestProject } from '../../../support/project.ts'
import { migrationOf, troubles } from './migrations.ts'
import type { Model, Outcome } from './model.ts'
import type { Operation } from './operations.ts'

/** A project and its database, to which operations are done as the commands do them. */
export interface HistoryCluster {
  readonly database: TestDatabase
  readonly project: TestProject
  /** Returns what a run reported; nothing for what is no run. @throws what dbsvc refuses */
  perform(operation: Operation, model: Model): Promise<Outcome | undefined>
}

// Small batches, and a wave before the others, so that a handful of companies is taken in several.
const migrations = {
  batchSize: 2,
  waves: [{ name: 'some', percentage: 40, stopAfter: { failures: 100 } }],
}

export async function createHistoryCluster(): Promise<HistoryCluster> {
  const database = await createDatabase()
  // The folder must be there, or the schema that ships with dbsvc is taken.
  const project = await createProject({ database, migrations: { 'postgres/.keep': '' }, config: { migrations } })
  const loaded = await loadConfig({ cwd: project.directory, env: {} }, () => {})
  const during = <Result>(command: string, work: (session: Session) => Promise<Result>): Promise<Result> =>
    withSession(loaded, command, work)
  const options = { signal: new AbortController().signal, onEvent: () => {} }

  async function perform(operation: Operation, model: Model): Promise<Outcome | undefined> {
    switch (operation.type) {
      case 'file': {
        const { path, content } = migrationOf(operation.kind, model.files.length + 1)
        await project.write(path, content)
        return undefined
      }
      case 'up': {
        const { to, chosen: selection } = operation
        const request = { selection, ...(to === undefined ? {} : { to }) }
        return outcomeOf(await during('migrate up', (session) => migrateUp(session, { ...options, ...request })))
      }
      case 'down': {
        const request = {
          engine: 'postgres',
          scope: 'tenant',
          selection: operation.chosen,
          back: operation.back,
        } as const
        return outcomeOf(await during('migrate down', (session) => migrateDown(session, { ...options, ...request })))
      }
      case 'redo': {
        const request = { engine: 'postgres', scope: 'tenant', selection: operation.chosen } as const
        return outcomeOf(await during('migrate redo', (session) => migrateRedo(session, { ...options, ...request })))
      }
      case 'create': {
        const list = listOf(operation.companies)
        const { failures } = await during('tenant create', (session) =>
          createCompanies(session, list, { ...options, atomic: false, rollback: false }),
        )
        if (failures[0] !== undefined) throw failures[0].error
        return undefined
      }
      case 'drop': {
        const { company } = operation
        await during('tenant drop', (session) =>
          dropConfirmed(session, company, { confirm: company, exportTo: null, now: new Date() }),
        )
        return undefined
      }
      case 'together': {
        const { up, other } = operation
        const outcomes = await Promise.all([perform(up, model), perform(other, model)])
        const failures = outcomes.flatMap((outcome) => outcome?.failures ?? [])
        const dropped = other.type === 'drop' ? other.company : undefined
        // Both may have failed on a company; one that is being dropped may fail the run or not.
        const unique = new Map(failures.map((failure) => [failure.target, failure]))
        return { completed: null, failures: [...unique.values()].filter(({ target }) => target !== dropped) }
      }
      case 'trouble': {
        const { company, trouble, end } = operation
        const { begin, end: mend } = troubles[trouble]
        await database.query(`set search_path = tenant_${company}; ${end ? mend : begin}; reset search_path`)
        return undefined
      }
    }
  }
  return { database, project, perform }
}

function outcomeOf({ outcome, completed, failures, skipped }: RunResult): Outcome {
  const failed = failures.map(({ target, migration }) => ({ target, migration }))
  const ended = failed.length > 0 ? 'failed' : 'succeeded'
  if (outcome !== ended || skipped > 0) {
    throw new Error(`a run of ${completed} completed, ${skipped} skipped and ${failed.length} failed is ${outcome}`)
  }
  return { completed, failures: failed }
}

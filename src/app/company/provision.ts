import pg from 'pg'
import { placeOf } from '../../core/company/id.ts'
import type { CompanySpec } from '../../core/company/spec.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { emptyHistory } from '../../core/migration/history.ts'
import { stepsInside } from '../../core/migration/inside.ts'
import type { BatchOutcome } from '../../engines/engine.ts'
import { renderProvision } from '../../engines/postgres/company/provision.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import { readFolders } from '../migrate/folders.ts'
import type { Session } from '../session.ts'
import { withPassword } from './login-secret.ts'

/** The migrations of a company, in the two parts that a new one gets them in. */
export interface TenantMigrations {
  readonly all: readonly CompiledMigration[]
  /** Up to the first that must stay outside a transaction; they share the one that makes the company. */
  readonly together: readonly CompiledMigration[]
}

export async function compileTenantMigrations(session: Session): Promise<TenantMigrations> {
  const folder = (await readFolders(session.project)).tenant
  const all = await compileMigrations(folder, new Set(folder.map((file) => file.name)), 'up')
  const inside = all.map(insideTransaction)
  const outside = inside.findIndex((migration) => migration.sql?.transaction === false)
  return { all, together: outside === -1 ? inside : inside.slice(0, outside) }
}

/** The tables of a company that is being made are nobody else's yet. */
function insideTransaction(migration: CompiledMigration): CompiledMigration {
  const steps = migration.sql?.transaction === false ? stepsInside(migration.sql.steps) : undefined
  return steps === undefined ? migration : { ...migration, sql: { steps, transaction: true } }
}

/**
 * Makes companies in one transaction. Those that have migrations to come outside of it, or places in stores, are
 * `provisioning` after it.
 * @throws DBS-1202 when one alone is there already, or its schema or role is
 */
export async function provision(
  session: Session,
  worker: PostgresWorker,
  specs: readonly CompanySpec[],
  { all, together }: TenantMigrations,
): Promise<BatchOutcome> {
  const provisions = await Promise.all(specs.map((spec) => withPassword(session, spec)))
  const isWhole = together.length === all.length && session.stores.engines.length === 0
  const prologue = renderProvision(provisions, isWhole ? 'active' : 'provisioning')
  const companies = specs.map((spec) => spec.company)
  try {
    return await worker.apply(
      { engine: 'postgres', scope: 'tenant', companies, history: emptyHistory, applied: 0 },
      together,
      prologue,
    )
  } catch (error) {
    throw explain(error, companies)
  }
}

function explain(error: unknown, companies: readonly string[]): unknown {
  const [company] = companies
  if (companies.length !== 1 || company === undefined) return error
  const cause = error instanceof DbsvcError ? error.cause : error
  if (!(cause instanceof pg.DatabaseError)) return error
  // Another create was faster, or the place is somebody else's; a migration may say the same of something of its own.
  const place = placeOf(company)
  const registered = cause.code === '23505' && cause.schema === 'dbsvc' && cause.table === 'companies'
  const kind = cause.message.includes(`"${place}"`)
    ? { '42P06': 'schema', '42710': 'role' }[cause.code ?? '']
    : undefined
  if (!registered && kind === undefined) return error
  const what = kind === undefined ? 'the company' : `${kind} ${place}`
  return DbsvcError.of('DBS-1202', { company, differences: `${what} exists already (${reasonOf(cause)})` }, error)
}

import pg from 'pg'
import { openSecretStore } from '../../config/secret-store.ts'
import { parseCompanyId, placeOf } from '../../core/company/id.ts'
import { type Company, type CompanySpec, differences } from '../../core/company/spec.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { emptyHistory } from '../../core/migration/history.ts'
import { type Provision, renderProvision } from '../../engines/postgres/company/provision.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import { newPassword } from '../../engines/postgres/scram.ts'
import { readFolders } from '../migrate/fleet.ts'
import { laneFor } from '../migrate/lane.ts'
import { rollOut } from '../migrate/roll-out.ts'
import { withWorkers } from '../migrate/workers.ts'
import type { Session } from '../session.ts'
import { finishProvisioning } from './finish-provisioning.ts'

export interface CreatedCompany {
  readonly company: string
  /** False for one that existed already, just so. */
  readonly created: boolean
  /** Where the password of its LOGIN role is kept, null without one. */
  readonly loginSecret: string | null
}

export interface CreateResult {
  readonly companies: readonly CreatedCompany[]
  readonly failures: readonly { readonly company: string; readonly error: DbsvcError }[]
}

export const loginSecretName = (company: string): string => `postgres-${clusterName}-login-${company}`

/**
 * Creates companies, each whole or not at all, several per transaction. One that exists with the same parameters is left as
 * it is; one that fails stops no other. @throws DBS-1201, DBS-1406 before anything is done
 */
export async function createCompanies(
  session: Session,
  specs: readonly CompanySpec[],
  signal: AbortSignal,
): Promise<CreateResult> {
  for (const spec of specs) parseCompanyId(spec.company)
  await requireControl(session.client, session.place)
  const folder = (await readFolders(session.project)).tenant
  const migrations = await compileMigrations(folder, new Set(folder.map((file) => file.name)), 'up')

  const wanted = new Map(specs.map((spec) => [spec.company, spec]))
  const found = await findCompanies(session.client, [...wanted.keys()])
  const failures: { company: string; error: DbsvcError }[] = []
  const companies: CreatedCompany[] = []
  for (const [id, company] of found) {
    const error = await settle(session, wanted.get(id), company, migrations)
    if (error === undefined)
      companies.push({ company: id, created: false, loginSecret: secretOf(company.loginRole !== null, id) })
    else failures.push({ company: id, error })
  }

  const overtaken = new Set<string>()
  const missing = [...wanted.values()].filter((spec) => !found.has(spec.company))
  const result = await withWorkers(session, null, missing.length, (crew) =>
    rollOut(
      missing.map((spec) => spec.company),
      {
        ...laneFor(migrations, crew),
        signal,
        work: async (worker, ids) => {
          const batch = ids.flatMap((id) => wanted.get(id) ?? [])
          try {
            await provision(session, worker, batch, migrations)
          } catch (error) {
            await settleOvertaken(session, batch, error, migrations)
            for (const id of ids) overtaken.add(id)
          }
          return { locks: null }
        },
      },
    ),
  )
  for (const id of result.done) {
    const loginSecret = secretOf(wanted.get(id)?.login === true, id)
    companies.push({ company: id, created: !overtaken.has(id), loginSecret })
  }
  failures.push(...result.failures.map(({ target, error }) => ({ company: target, error })))
  if (signal.aborted) throw DbsvcError.of('DBS-1904', {})
  const first = failures[0]
  if (first !== undefined && result.skipped.length > 0) {
    failures.push(...result.skipped.map((company) => ({ company, error: first.error })))
  }
  return { companies: companies.sort((a, b) => (a.company < b.company ? -1 : 1)), failures }
}

const secretOf = (login: boolean, company: string): string | null => (login ? loginSecretName(company) : null)

/** A company that is there: it must be as asked for; one left half-provisioned by a crash is finished. */
async function settle(
  session: Session,
  spec: CompanySpec | undefined,
  company: Company,
  migrations: readonly CompiledMigration[],
): Promise<DbsvcError | undefined> {
  const { company: id, state } = company
  const different = spec === undefined ? [] : differences(spec, company)
  if (different.length > 0) return DbsvcError.of('DBS-1202', { company: id, differences: different.join('; ') })
  if (state === 'dropping')
    return DbsvcError.of('DBS-1206', { company: id, state, wanted: 'dropped: finish dbsvc tenant drop first' })
  if (state !== 'provisioning') return undefined
  try {
    await withWorkers(session, null, 1, ({ workers: [worker] }) =>
      finishProvisioning(session.client, worker, id, migrations),
    )
    return undefined
  } catch (error) {
    if (error instanceof DbsvcError) return error
    throw error
  }
}

/** Another create may have made the company since we looked; then it is as good as found. @throws `error` where that is not so */
async function settleOvertaken(
  session: Session,
  batch: readonly CompanySpec[],
  error: unknown,
  migrations: readonly CompiledMigration[],
): Promise<void> {
  const [spec, ...others] = batch
  const exists = error instanceof DbsvcError && error.code === 'DBS-1202'
  // A batch is halved until the one that exists stands alone.
  if (!exists || spec === undefined || others.length > 0) throw error
  const company = (await findCompanies(session.client, [spec.company])).get(spec.company)
  if (company === undefined) throw error
  const refusal = await settle(session, spec, company, migrations)
  if (refusal !== undefined) throw refusal
}

/**
 * The history of a company up to its first migration outside a transaction goes into the one transaction that makes it; the
 * others follow one by one, while the company is `provisioning`.
 */
async function provision(
  session: Session,
  worker: PostgresWorker,
  specs: readonly CompanySpec[],
  migrations: readonly CompiledMigration[],
): Promise<void> {
  const outside = migrations.findIndex((migration) => migration.sql?.transaction === false)
  const together = outside === -1 ? migrations : migrations.slice(0, outside)
  const provisions = await Promise.all(specs.map((spec) => withPassword(session, spec)))
  const prologue = renderProvision(provisions, outside === -1 ? 'active' : 'provisioning')
  const companies = specs.map((spec) => spec.company)
  try {
    await worker.apply({ scope: 'tenant', companies, history: emptyHistory, applied: 0 }, together, prologue)
  } catch (error) {
    throw explain(error, companies)
  }
  if (outside === -1) return
  for (const company of companies) await finishProvisioning(session.client, worker, company, migrations)
}

/** The secret is kept before the role is made: a role whose password nobody has would be worse than an unused secret. */
async function withPassword(session: Session, spec: CompanySpec): Promise<Provision> {
  if (spec.login !== true) return { spec, password: null }
  const store = openSecretStore(session.project.secrets)
  const { value } = await store.create(loginSecretName(spec.company), newPassword)
  return { spec, password: value }
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

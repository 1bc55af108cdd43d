import { type CompanySpec, refusalOf } from '../../core/company/spec.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { BatchOutcome } from '../../engines/engine.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { activate } from '../../engines/postgres/company/state.ts'
import { operationError } from '../../engines/postgres/connection.ts'
import { passingFailure } from '../../engines/postgres/migration/passing.ts'
import type { PostgresWorker } from '../../engines/postgres/migration/worker.ts'
import { laneFor } from '../migrate/lane.ts'
import { type RollOutProgress, rollOut } from '../migrate/roll-out.ts'
import { withWorkers } from '../migrate/workers.ts'
import type { Session } from '../session.ts'
import { finishProvisioning } from './finish-provisioning.ts'
import type { WantedCompany } from './list.ts'
import { provision, type TenantMigrations } from './provision.ts'
import type { CreateRecord } from './record.ts'

// The whole history of a company takes long enough for more in one transaction to save nothing, and to take memory and locks.
const mostAtOnce = 20

export interface Creation {
  readonly session: Session
  readonly migrations: TenantMigrations
  readonly record: CreateRecord
  readonly signal: AbortSignal
  /** Begins nothing more after the first failure. */
  readonly atomic: boolean
  /** Told of companies that PostgreSQL has. */
  readonly onMade: (companies: readonly string[]) => void
}

/** Creates companies in PostgreSQL that are not there, or not whole. @returns those that were not attempted */
export async function createMissing(creation: Creation, missing: readonly WantedCompany[]): Promise<readonly string[]> {
  const { session, migrations, record, signal, atomic } = creation
  const { postgres, migrations: settings } = session.loaded.config
  const wanted = new Map(missing.map((item) => [item.spec.company, item]))
  const failure = new AbortController()

  const work = async (worker: PostgresWorker, ids: readonly string[]): Promise<BatchOutcome> => {
    const batch = ids.flatMap((id) => wanted.get(id) ?? [])
    const [first, ...others] = batch
    try {
      return await createOrAdopt(
        creation,
        worker,
        batch.map(({ spec }) => spec),
      )
    } catch (thrown) {
      const error = operationError(thrown, postgres)
      // A place that is taken says nothing of the migrations, by which the roll-out judges whether to go on.
      if (first === undefined || others.length > 0 || !isRefusal(error)) throw error
      record.failed({ company: first.spec.company, line: first.line, error })
      if (atomic) failure.abort()
      return nothingMade
    }
  }
  let told = 0
  const tellFailures = ({ failures }: RollOutProgress): void => {
    for (const { target, error } of failures.slice(told)) {
      record.failed({ company: target, line: wanted.get(target)?.line ?? null, error })
    }
    told = failures.length
  }

  record.start(wanted.size)
  const { skipped } = await withWorkers(session, null, wanted.size, ({ workers, limits }) =>
    rollOut([...wanted.keys()], {
      ...laneFor(migrations.all.slice(migrations.together.length), {
        workers,
        limits: { ...limits, targets: Math.min(limits.targets, mostAtOnce) },
      }),
      signal: AbortSignal.any([signal, failure.signal]),
      work,
      passing: passingFailure,
      attempts: settings.lockAttempts,
      onProgress: tellFailures,
      stop: ({ failures }) => atomic && failures.length > 0,
    }),
  )
  return skipped
}

async function createOrAdopt(
  creation: Creation,
  worker: PostgresWorker,
  specs: readonly CompanySpec[],
): Promise<BatchOutcome> {
  const { session, migrations, record } = creation
  const [spec, ...others] = specs
  let outcome: BatchOutcome
  try {
    outcome = await provision(session, worker, specs, migrations)
  } catch (error) {
    if (spec === undefined || others.length > 0 || !isRefusal(error)) throw error
    await adopt(creation, worker, spec, error)
    return nothingMade
  }
  const companies = specs.map(({ company }) => company)
  record.made.push(...companies)
  if (migrations.together.length < migrations.all.length) {
    for (const company of companies) await finishProvisioning(session.client, worker, company, migrations.all)
    await settle(creation, companies)
  }
  record.created(specs)
  creation.onMade(companies)
  return outcome
}

/** What has a place in PostgreSQL is whole, unless there are stores to come. */
async function settle({ session }: Creation, companies: readonly string[]): Promise<void> {
  if (session.stores.engines.length === 0) await activate(session.client, companies)
}

/** One that a crash left half-made is finished; one that another create has made meanwhile is as good as found. @throws `refusal` where it is neither */
async function adopt(
  creation: Creation,
  worker: PostgresWorker,
  spec: CompanySpec,
  refusal: DbsvcError,
): Promise<void> {
  const { session, migrations, record } = creation
  const company = (await findCompanies(session.client, [spec.company])).get(spec.company)
  const error = company === undefined ? refusal : refusalOf(spec, company)
  if (company === undefined || error !== undefined) throw error
  if (company.state === 'provisioning') {
    await finishProvisioning(session.client, worker, spec.company, migrations.all)
    await settle(creation, [spec.company])
    creation.onMade([spec.company])
  }
  record.overtaken(company)
}

const nothingMade: BatchOutcome = { locks: null, durationMs: 0 }

const isRefusal = (error: unknown): error is DbsvcError =>
  error instanceof DbsvcError && (error.code === 'DBS-1202' || error.code === 'DBS-1206')

import { refusalOf } from '../../core/company/spec.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { Completion, type PlaceFailure } from '../stores/completion.ts'
import { createMissing } from './create-missing.ts'
import { type CompanyList, type CreateFailure, factsOf, type WantedCompany } from './list.ts'
import { compileTenantMigrations } from './provision.ts'
import { type CreatedCompany, CreateRecord } from './record.ts'
import { takeAway } from './take-away.ts'

export interface CreateOptions {
  /** All or none: everything is checked first, and what a run has made before one fails is taken away again. */
  readonly atomic: boolean
  /** Takes away again what cannot be made whole. */
  readonly rollback: boolean
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
}

export interface CreateResult {
  /** By id. */
  readonly companies: readonly CreatedCompany[]
  /** In the order of their lines, then by id. */
  readonly failures: readonly CreateFailure[]
  /** Not attempted, because the first ones all failed. */
  readonly skipped: readonly string[]
}

/**
 * Creates companies, each whole or not at all, several per transaction. One that exists with the same parameters is left as
 * it is; one that fails stops no other.
 * @throws DBS-1406 before anything is done, DBS-1210 and DBS-1211 where `atomic` and any failed, DBS-1904 interrupted
 */
export async function createCompanies(
  session: Session,
  list: CompanyList,
  options: CreateOptions,
): Promise<CreateResult> {
  // First, because it begins to connect.
  const completion = new Completion(session, options)
  await requireControl(session.client, session.place)
  const migrations = await compileTenantMigrations(session)
  const record = new CreateRecord(options.onEvent)
  for (const fault of list.faults) record.refused(fault)
  const missing = await findMissing(session, list.wanted, record)
  if (options.atomic && record.failures.length > 0) throw nothingCreated(record, 0)

  // Where it is all or none, nothing is begun in the stores before PostgreSQL has all.
  const onMade = (companies: readonly string[]): void => {
    if (!options.atomic) completion.add(companies)
  }
  const creation = { session, migrations, record, signal: options.signal, atomic: options.atomic, onMade }
  const skipped = missing.length === 0 ? [] : await createMissing(creation, missing)
  if (options.atomic && record.failures.length === 0) completion.add(missing.map(({ spec }) => spec.company))
  spoil(record, missing, await completion.finish())
  if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {})
  if (options.atomic && record.failures.length > 0) {
    await takeAway(session, record, record.made, options)
    throw nothingCreated(record, record.made.length)
  }
  if (options.rollback) {
    await takeAway(session, record, record.halves, options)
  }
  return {
    companies: record.companies.toSorted((a, b) => (a.company < b.company ? -1 : 1)),
    failures: record.failures.toSorted(byLine),
    skipped,
  }
}

/** A company that some engine has not is not created, whatever the others have. */
function spoil(record: CreateRecord, missing: readonly WantedCompany[], failures: readonly PlaceFailure[]): void {
  const lines = new Map(missing.map(({ spec, line }) => [spec.company, line]))
  for (const [company, own] of Map.groupBy(failures, ({ target }) => target)) {
    const places = own.map(({ engine, error }) => ({ engine: engine.title, reason: error.message }))
    const error = DbsvcError.of('DBS-1213', { company, places }, own[0]?.error)
    record.spoiled({ company, line: lines.get(company) ?? null, error })
  }
}

/** Those that are not there, or half-made; the others are left alone when they are just so, and refused otherwise. */
async function findMissing(
  session: Session,
  wanted: readonly WantedCompany[],
  record: CreateRecord,
): Promise<WantedCompany[]> {
  const companies = await findCompanies(
    session.client,
    wanted.map(({ spec }) => spec.company),
  )
  const missing: WantedCompany[] = []
  for (const item of wanted) {
    const { spec, line } = item
    const company = companies.get(spec.company)
    const error = company && refusalOf(spec, company)
    if (error !== undefined) record.refused({ company: spec.company, line, error })
    else if (company === undefined || company.state === 'provisioning') missing.push(item)
    else record.found(company)
  }
  return missing
}

function nothingCreated(record: CreateRecord, takenAway: number): DbsvcError {
  const failures = record.failures.toSorted(byLine)
  return DbsvcError.of('DBS-1210', { failures: failures.map(factsOf), takenAway }, failures[0]?.error)
}

function byLine(a: CreateFailure, b: CreateFailure): number {
  if (a.line !== null && b.line !== null) return a.line - b.line
  return (a.company ?? '') < (b.company ?? '') ? -1 : 1
}

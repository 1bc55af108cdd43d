import type { Config } from '../../config/schema.ts'
import { isProbe } from '../../core/company/probe.ts'
import type { TierLimits } from '../../core/company/tier.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Queries } from '../../engines/postgres/lasting-client.ts'
import { createLastKnown } from '../last-known.ts'
import type { CompanyDirectory } from './company-directory.ts'
import type { KnownCompany } from './request-context.ts'

/** Older than this, a company is asked for again, and the request does not wait for it. */
const freshMs = 5_000
/** Older than this, it does. */
const waitAfterMs = 10_000
const mostKnown = 20_000
const mostAtOnce = 500

interface Asked {
  readonly answer: Promise<KnownCompany>
  resolve(company: KnownCompany): void
  reject(error: unknown): void
}

/**
 * Asks PostgreSQL for each company once in a few seconds, for all that are wanted at a time by one query.
 * @param staleForMs how long the known ones are still taken while PostgreSQL does not answer
 */
export function openCompanyDirectory(client: Queries, tiers: Config['tiers'], staleForMs: number): CompanyDirectory {
  const asked = new Map<string, Asked>()
  const waiting: string[] = []

  const read = async (ids: readonly string[]): Promise<ReadonlyMap<string, KnownCompany>> => {
    const { rows } = await client.query<Omit<KnownCompany, 'limits'> & { limits: Partial<TierLimits> }>(
      `select company_id as company, tier, limits, state,
         (select string_agg(history, '.' order by scope) from dbsvc.targets t
          where t.engine = 'postgres' and t.company_id in ('', companies.company_id)) as "schemaVersion"
       from dbsvc.companies where company_id = any ($1)`,
      [ids],
    )
    return new Map(rows.map((row) => [row.company, { ...row, limits: { ...tiers[row.tier], ...row.limits } }]))
  }

  const askAll = async (): Promise<void> => {
    const ids = waiting.splice(0, mostAtOnce)
    if (waiting.length > 0) setImmediate(askAll)
    try {
      const found = await read(ids)
      for (const id of ids) {
        const company = found.get(id)
        if (company === undefined) asked.get(id)?.reject(DbsvcError.of('DBS-1203', { company: id }))
        else asked.get(id)?.resolve(company)
      }
    } catch (error) {
      for (const id of ids) asked.get(id)?.reject(withoutPlace(error))
    } finally {
      for (const id of ids) asked.delete(id)
    }
  }

  const ask = (id: string): Promise<KnownCompany> => {
    const asking = asked.get(id)
    if (asking !== undefined) return asking.answer
    const { promise, resolve, reject } = Promise.withResolvers<KnownCompany>()
    asked.set(id, { answer: promise, resolve, reject })
    // Others that are wanted in the same turn go with it.
    if (waiting.length === 0) setImmediate(askAll)
    waiting.push(id)
    return promise
  }

  const known = createLastKnown<KnownCompany>({
    load: ask,
    isAnswer: (error) => error instanceof DbsvcError && error.code === 'DBS-1203',
    freshMs,
    waitAfterMs,
    staleForMs,
    most: mostKnown,
  })
  return {
    find(id) {
      if (isProbe(id)) throw DbsvcError.of('DBS-1203', { company: id })
      return known.get(id)
    },
    close: async () => {},
  }
}

/** The caller is not told where PostgreSQL is. */
const withoutPlace = (error: unknown): unknown =>
  error instanceof DbsvcError
    ? DbsvcError.of('DBS-2104', { what: 'whether the company is active', retryAfterSeconds: 1 }, error)
    : error

import { DbsvcError } from '../../core/errors/error.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import { reachableRelations } from '../../engines/postgres/company/relations.ts'
import { claimsOf, withContextPool } from '../company/context-pool.ts'
import type { Session } from '../session.ts'
import { readBars } from './bars.ts'
import { sampleStatements, strategyOf } from './sample.ts'
import { type CompanySight, lookAround } from './sight.ts'

/**
 * Writes the sample as each company, under its signed context and in one transaction each, and looks at what each then sees.
 * A company that has market data already is left as it is. @throws DBS-1704 when the file cannot be read
 */
export async function loadSample(
  session: Session,
  ids: readonly string[],
  file: string | undefined,
): Promise<readonly CompanySight[]> {
  const companies = await findCompanies(session.client, ids)
  const active = ids.filter((id) => companies.get(id)?.state === 'active')
  return withContextPool(session, async (pool) => {
    if (file !== undefined) {
      const bars = await readBars(file)
      for (const [index, company] of active.entries()) {
        const { rows } = await pool.query<{ present: boolean }>(await claimsOf(session, company, 'read'), {
          text: `select exists (select from market_data) as present`,
        })
        if (rows[0]?.present === true) continue
        await pool
          .batch(await claimsOf(session, company, 'write'), sampleStatements(company, bars, strategyOf(index)))
          .catch((error: unknown) => {
            throw DbsvcError.of('DBS-1704', { file, reason: `${company}: ${String(error)}` }, error)
          })
      }
    }
    const relations = await reachableRelations(session.client, active)
    return lookAround(
      active,
      relations,
      async (company, statement) => (await pool.query(await claimsOf(session, company, 'read'), statement)).rows,
    )
  })
}

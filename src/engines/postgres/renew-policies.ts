import type pg from 'pg'
import { placeOf } from '../../core/company/id.ts'
import { passingFailure } from './migration/passing.ts'

const companiesPerBatch = 20
const lockTimeoutMs = 2_000

/**
 * Gives companies whose tables have policies as an earlier dbsvc wrote them those of this one, which let through the same rows. Each batch is a
 * transaction of its own, so that a run that is killed is gone on with by the next; several runs share the companies among them.
 * @returns companies left for the next run, as somebody holds a table of theirs
 */
export async function renewPolicies(client: pg.Client): Promise<readonly string[]> {
  const { rowCount } = await client.query('select from dbsvc.outdated_policies limit 1')
  if (rowCount === 0) return []
  const left: string[] = []
  let alone = 0
  for (;;) {
    const { companies, renewed } = await renewBatch(client, left, alone > 0 ? 1 : companiesPerBatch)
    if (renewed && companies.length === 0) return left
    if (alone > 0) alone -= 1
    // One of them is in use: each is tried by itself.
    if (!renewed && companies.length > 1) alone = companies.length
    else if (!renewed) left.push(...companies)
  }
}

interface RenewedBatch {
  readonly companies: readonly string[]
  readonly renewed: boolean
}

async function renewBatch(client: pg.Client, left: readonly string[], size: number): Promise<RenewedBatch> {
  let companies: string[] = []
  try {
    await client.query(`begin; set local lock_timeout = ${lockTimeoutMs}`)
    const { rows } = await client.query<{ company_id: string }>(
      `select company_id from dbsvc.outdated_policies where company_id <> all ($1::text[])
       order by company_id limit $2 for update skip locked`,
      [left, size],
    )
    companies = rows.map((row) => row.company_id)
    if (companies.length > 0) {
      await client.query('set local role dbsvc_owner')
      await client.query('select dbsvc.renew_policies($1)', [companies.map(placeOf)])
      await client.query('reset role')
      await client.query('delete from dbsvc.outdated_policies where company_id = any ($1)', [companies])
    }
    await client.query('commit')
    return { companies, renewed: true }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (companies.length === 0 || passingFailure(error) === undefined) throw error
    return { companies, renewed: false }
  }
}

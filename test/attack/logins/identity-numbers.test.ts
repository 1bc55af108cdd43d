import { expect, test } from 'vitest'
import { createCluster } from '../../support/shipped-cluster.ts'

test('a company learns from the numbers of its rows how many were added in between, and nothing of whose they are', async () => {
  const cluster = await createCluster()
  const add = (company: string, rows: number) =>
    cluster.as(
      { company },
      `insert into market_data (company_id, symbol) select $1, 'S' from generate_series(1, $2::int)`,
      [company, rows],
    )
  await add('company_abc', 1)
  await add('company_xyz', 7)
  await add('company_abc', 1)
  const { rows } = await cluster.as<{ id: string; company_id: string }>(
    { company: 'company_abc' },
    'select id, company_id from market_data order by id',
  )
  expect(rows.map(({ company_id: company }) => company)).toEqual(['company_abc', 'company_abc'])
  // As SECURITY.md says under "Not promised".
  expect(Number(rows[1]?.id) - Number(rows[0]?.id)).toBe(8)
})

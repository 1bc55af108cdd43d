import { beforeAll, describe, expect, test } from 'vitest'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'
import { allowed } from '../../unit/engines/postgres/guard/allowed.ts'
import { refused } from '../../unit/engines/postgres/guard/refused.ts'

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
  await cluster.database.query(
    `insert into tenant_company_xyz.users (user_id, email, subscription_tier) values ('victim', 'secret@xyz', 'free')`,
  )
})

const code = async (path: string, sql: string): Promise<unknown> => {
  const { body } = await router.post<{ error?: { code: string } }>(path, { sql })
  return body.error?.code ?? 'ran'
}

describe.each(Object.entries(refused))('%s', (_, statements) => {
  test('are refused by query and by execute', async () => {
    for (const sql of statements) {
      expect([sql, await code('/v1/query', sql)]).toEqual([sql, expect.stringMatching(/^DBS-(2202|2001)$/)])
      expect([sql, await code('/v1/execute', sql)]).toEqual([sql, expect.stringMatching(/^DBS-(2202|2001)$/)])
    }
  })
})

test('query refuses what writes', async () => {
  for (const sql of [
    `insert into users (user_id, email) values ('a', 'b')`,
    'update users set email = null',
    'delete from users',
    'with gone as (delete from users returning *) select * from gone',
    'select * from users for update',
    'select * from (select * from users for share) u',
  ]) {
    expect([sql, await code('/v1/query', sql)]).toEqual([sql, 'DBS-2203'])
  }
})

test('no refused statement had an effect', async () => {
  const rows = await cluster.database.query(`select user_id, email from tenant_company_xyz.users`)
  expect(rows).toEqual([{ user_id: 'victim', email: 'secret@xyz' }])
  const made = await cluster.database.query(
    `select relname from pg_class where relname in ('t', 'v', 's') and relnamespace::regnamespace::text !~ '^pg_'`,
  )
  expect(made).toEqual([])
})

test('a refusal does not tell whether what it names is there', async () => {
  const ask = async (sql: string): Promise<string> => {
    const { body } = await router.post<{ error: { message: string } }>('/v1/query', { sql })
    return body.error.message.replace(/"[^"]*"/g, '""')
  }
  expect(await ask('select * from tenant_company_xyz.users')).toBe(await ask('select * from tenant_company_none.users'))
  expect(await ask('select * from dbsvc.companies')).toBe(await ask('select * from dbsvc.absent'))
})

test('statements that are let through are refused by PostgreSQL at most, and leave the router alive', async () => {
  // The functions that the unit test's company has are not in the schema that ships.
  const shipped = Object.values(allowed)
    .flat()
    .filter((sql) => !/margin_of|balance_of|close_all/.test(sql))
  for (const sql of shipped) {
    expect([sql, await code('/v1/query', sql)]).not.toEqual([sql, 'DBS-2202'])
  }
  expect(await code('/v1/query', 'select 1')).toBe('ran')
})

test('what is nested deep is answered, over and over', async () => {
  for (const unit of ['(', '(select ', '1+', 'not ', '- ', 'case when ', 'array[']) {
    for (const count of [400, 4_000, 40_000]) {
      const { status } = await router.post('/v1/query', { sql: `select ${unit.repeat(count)}` })
      expect([unit, count, status]).toEqual([unit, count, expect.toSatisfy((found) => found >= 400 && found < 500)])
    }
  }
  expect(await code('/v1/query', 'select 1')).toBe('ran')
})

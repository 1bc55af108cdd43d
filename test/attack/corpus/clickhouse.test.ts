import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { beforeAll, expect, test } from 'vitest'
import { givenOrders } from '../../e2e/support/given.ts'
import { describeEngine } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { techniques } from './clickhouse/statements.ts'
import { writes } from './clickhouse/writes.ts'
import { attackStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']

describeEngine('clickhouse', 'the corpus', () => {
  let router: TestRouter
  let path: string
  let before: unknown[]
  // A folder is taken by one process at a time, so that this is done before the router has it.
  const unguarded = new Map<string, Told>()

  beforeAll(async () => {
    path = await ownDirectory('chdb')
    const given = await givenOrders({ companies: [attacker, victim], config: { clickhouse: { path } } })
    // chDB's connection is made for another copy of the client's types.
    const connection = createChdbConnection({ path }) as never
    const client = createClient({ connection })
    for (const [company, mark] of [
      [attacker, 'own'],
      [victim, 'canary'],
    ]) {
      const at = `tenant_${company}`
      await client.command({
        query: `create table ${at}.sums (id UInt64, note String) engine = ReplacingMergeTree order by id`,
      })
      await client.command({ query: `insert into ${at}.sums values (1, '${mark}')` })
    }
    await client.command({ query: `create table tenant_${victim}.ids (id UInt8) engine = Set` })
    await client.command({ query: 'create table shared.everyones (note String) engine = MergeTree order by note' })
    await client.command({ query: `insert into shared.everyones values ('canary')` })
    for (const query of techniques.flatMap(({ variants }) => Object.values(variants))) {
      // Without the router no database is the current one.
      const told = client
        .query({
          query: query.replaceAll('from sums', `from tenant_${attacker}.sums`),
          format: /\bexplain\b/.test(query) ? 'TabSeparated' : 'JSONCompactEachRow',
        })
        .then(async (result) => ({ verdict: 'ok', bytes: await result.text(), rowCount: 1 }))
        .catch((error: Error) => ({ verdict: error.message, bytes: error.message, rowCount: 0 }))
      unguarded.set(query, await told)
    }
    for (const query of writes.flatMap(({ variants }) => Object.values(variants))) {
      const own = query.replace(/^(insert into|create table) (sums|own)\b/, `$1 tenant_${attacker}.$2`)
      const told = client
        .command({ query: own })
        .then(() => ({ verdict: 'ok', bytes: '', rowCount: 0 }))
        .catch((error: Error) => ({ verdict: error.message, bytes: error.message, rowCount: 0 }))
      unguarded.set(query, await told)
    }
    before = await (
      await client.query({
        query: `select id, note from tenant_${victim}.sums final order by id`,
        format: 'JSONEachRow',
      })
    ).json()
    await client.close()
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  }, 120_000)

  const ask = async (sql: string, operation = 'query'): Promise<Told> => {
    const message = { sql, database: 'clickhouse' }
    const { body } = await router.post<{ error?: { code: string; message: string } }>(`/v1/${operation}`, message, {
      'x-dbsvc-company': attacker,
    })
    const { error } = body
    // What a refusal repeats of the statement is no news.
    const bytes = error === undefined ? JSON.stringify(body) : JSON.stringify(body).replaceAll(`tenant_${victim}`, '')
    return { verdict: error === undefined ? 'ok' : `${error.code} ${error.message}`, bytes, rowCount: 1 }
  }

  attackStore<string>('clickhouse', 'chdb', techniques, () => ({
    send: (_technique, sql) => ask(sql),
    honest: () => ask('select note from sums'),
    sendWithout: async (_technique, sql) => unguarded.get(sql) ?? { verdict: 'not tried', bytes: '', rowCount: 0 },
    victim: async () => null,
  }))

  attackStore<string>('clickhouse writes', 'chdb', writes, () => ({
    send: (_technique, sql) => ask(sql, 'execute'),
    honest: () => ask("insert into sums (id, note) values (5, 'honest'), (6, upper('x'))", 'execute'),
    sendWithout: async (_technique, sql) => unguarded.get(sql) ?? { verdict: 'not tried', bytes: '', rowCount: 0 },
    // A folder is taken by one process at a time: what the victim has is looked at when the router has left it.
    victim: async () => null,
  }))

  test('the victim has what was written before the router came, and nothing else', async () => {
    await router.stop()
    const client = createClient({ connection: createChdbConnection({ path }) as never })
    const rows = async (query: string) => (await client.query({ query, format: 'JSONEachRow' })).json()
    expect(await rows(`select id, note from tenant_${victim}.sums final order by id`)).toEqual(before)
    expect(await rows(`select note from tenant_${attacker}.sums final where id = 5`)).toEqual([{ note: 'honest' }])
    await client.close()
  })
})

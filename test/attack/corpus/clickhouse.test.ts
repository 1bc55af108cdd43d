import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedClickhouse, startEmbeddedClickhouse } from '../../../src/embedded/clickhouse/start.ts'
import { givenOrders } from '../../e2e/support/given.ts'
import { describeEngine } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { techniques, uncounted } from './clickhouse/statements.ts'
import { writes } from './clickhouse/writes.ts'
import { alteredRouters } from './runner/altered-routers.ts'
import { attackStore, type StoreDoors, tryOnStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']

describeEngine('clickhouse', 'the corpus', () => {
  // A folder is taken by one process at a time, so that routers and the victim meet at a server.
  let server: EmbeddedClickhouse
  let client: ClickHouseClient
  let router: TestRouter
  let altered: ReturnType<typeof alteredRouters>

  beforeAll(async () => {
    server = await startEmbeddedClickhouse({ directory: await ownDirectory('chdb'), port: 0 })
    const { url, user, password } = server
    client = createClient({ url, username: user, password })
    const given = await givenOrders({
      companies: [attacker, victim],
      config: { clickhouse: { url, user, password } },
    })
    for (const company of [attacker, victim]) {
      await command(
        `create table tenant_${company}.sums (id UInt64, note String) engine = ReplacingMergeTree order by id`,
      )
    }
    await command(`create table tenant_${victim}.ids (id UInt8) engine = Set`)
    await command(`create table tenant_${victim}.joined (id UInt64, note String) engine = Join(any, left, id)`)
    await command(`insert into tenant_${victim}.joined values (1, 'canary')`)
    await command(
      `create dictionary tenant_${victim}.words (id UInt64, note String) primary key id
       source(clickhouse(db 'tenant_${victim}' table 'sums')) layout(flat()) lifetime(0)`,
    )
    await command('create table shared.everyones (note String) engine = MergeTree order by note')
    await seed()
    altered = alteredRouters((alterations) =>
      startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given }, { alterations }),
    )
    router = await altered([])
  }, 120_000)

  afterAll(async () => {
    await client?.close()
    await server?.stop()
  })

  const command = (query: string) => client.command({ query })
  const rows = async (query: string) => (await client.query({ query, format: 'JSONEachRow' })).json()
  const seed = async (): Promise<void> => {
    for (const [place, row] of [
      [`tenant_${attacker}.sums`, `(1, 'own')`],
      [`tenant_${victim}.sums`, `(1, 'canary')`],
      ['shared.everyones', `('canary')`],
    ]) {
      await command(`truncate table ${place}`)
      await command(`insert into ${place} values ${row}`)
    }
  }
  const state = async () => [
    await rows(`select id, note from tenant_${victim}.sums order by all`),
    await rows('select note from shared.everyones order by all'),
    await rows(`select name from system.tables where database = 'tenant_${victim}' order by name`),
  ]
  const own = () => rows(`select id, note from tenant_${attacker}.sums order by all`)

  const ask = async (asked: TestRouter, sql: string, operation: string): Promise<Told> => {
    const message = { sql: sql.replace('PORT', new URL(server.url).port), database: 'clickhouse' }
    const { body } = await asked.post<{ error?: { code: string; message: string } }>(`/v1/${operation}`, message, {
      'x-dbsvc-company': attacker,
    })
    const { error } = body
    // What a refusal repeats of the statement is no news.
    const bytes = error === undefined ? JSON.stringify(body) : JSON.stringify(body).replaceAll(`tenant_${victim}`, '')
    return { verdict: error === undefined ? 'ok' : `${error.code} ${error.message}`, bytes, rowCount: 1 }
  }

  const doorsOf = (operation: string, honest: string) => (): StoreDoors<string> => ({
    send: (_technique, sql) => ask(router, sql, operation),
    honest: () => ask(router, honest, operation),
    async sendWithout({ alterations = [] }, sql) {
      const without = await altered(alterations)
      const before = JSON.stringify(await state())
      try {
        const told = await ask(without, sql, operation)
        const changed = JSON.stringify(await state()) === before ? '' : ' the victim has changed'
        // What was copied into its own table can be read from there.
        return { ...told, bytes: told.bytes + JSON.stringify(await own()) + changed }
      } finally {
        await command('drop table if exists tenant_ab.own')
        await seed()
      }
    },
    victim: state,
  })

  const reading = doorsOf('query', 'select note from sums')
  attackStore('clickhouse', 'chdb', techniques, reading)
  tryOnStore(uncounted, reading)
  attackStore(
    'clickhouse writes',
    'chdb',
    writes,
    doorsOf('execute', "insert into sums (id, note) values (5, 'honest'), (6, upper('x'))"),
  )

  test('what is written honestly arrives', async () => {
    expect((await ask(router, "insert into sums (id, note) values (7, 'honest')", 'execute')).verdict).toBe('ok')
    expect(await own()).toContainEqual({ id: expect.anything(), note: 'honest' })
  })
})

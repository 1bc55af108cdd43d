import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { describeEngine } from '../support/engines.ts'
import { type OwnArango, ownArango } from './support/faults/own-arango.ts'
import { ownClickhouse } from './support/faults/own-clickhouse.ts'
import { ownDragonfly } from './support/faults/own-dragonfly.ts'
import type { OwnEngine } from './support/faults/own-engine.ts'
import { type OwnWeaviate, ownWeaviate } from './support/faults/own-weaviate.ts'
import {
  type ErrorDocument,
  expectError,
  expectExit,
  type Given,
  givenCluster,
  migration,
  orders,
} from './support/given.ts'

// Its results rest on all four; the one that can be missing is named.
describeEngine('weaviate', 'given companies in every engine', () => {
  let given: Given
  let arango: OwnArango
  let weaviate: OwnWeaviate
  let engines: readonly OwnEngine[]
  beforeAll(async () => {
    arango = await ownArango()
    weaviate = await ownWeaviate()
    engines = [await ownClickhouse(), await ownDragonfly(), weaviate, arango]
    given = await givenCluster({
      migrations: Object.assign(
        { 'postgres/tenant/0001_orders.sql': orders },
        ...engines.map((each) => each.migrations),
      ),
      config: Object.assign({}, ...engines.map((each) => each.config(each.port))),
      companies: ['calm'],
    })
  }, 90_000)
  afterAll(() => Promise.all(engines.map((engine) => engine.stop())))

  const lookEverywhere = (company: string) => Promise.all(engines.map((engine) => engine.look(company)))
  const statesOf = (prefix: string) =>
    given.database.query<{ state: string; count: string }>(
      'select state, count(*) from dbsvc.companies where company_id like $1 group by state order by state',
      [`${prefix}%`],
    )

  test('when two processes create the same company at once, then both find it whole', async () => {
    const both = await Promise.all([
      given.dbsvc(['tenant', 'create', 'twice']),
      given.dbsvc(['tenant', 'create', 'twice']),
    ])
    for (const result of both) expectExit(result, ExitCode.Ok)
    expect(await lookEverywhere('twice')).toEqual(await lookEverywhere('calm'))
    expect(await statesOf('twice')).toEqual([{ state: 'active', count: '1' }])
  })

  test('when its id is as long as an id may be, then every engine takes it, and nothing is left of it in the end', async () => {
    const long = `l${'o'.repeat(46)}g`
    expect(long).toHaveLength(48)
    expectExit(await given.dbsvc(['tenant', 'create', long]), ExitCode.Ok)
    expect(await lookEverywhere(long)).toEqual(await lookEverywhere('calm'))
    expectExit(await given.dbsvc(['tenant', 'drop', long, '--confirm', long, '--no-export']), ExitCode.Ok)
    expect(await lookEverywhere(long)).toEqual([null, null, null, null])
    expectError(await given.dbsvc(['tenant', 'create', `${long}r`]), ExitCode.Usage, 'DBS-1201')
  })

  test('when one of 50 has a database of somebody else, then that one is left out and named, and mending it converges', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `many_${index}`)
    await given.write('many.txt', `${ids.join('\n')}\n`)
    await arango.system.createDatabase('tenant_many_7')
    const result = await given.dbsvc(['tenant', 'create', '--from', 'many.txt'])
    expectExit(result, ExitCode.Failed)
    expect(result.stderr).toMatch(/many_7.*\n? *ArangoDB.*database tenant_many_7 exists, and dbsvc did not make it/)
    expect(await statesOf('many')).toEqual([
      { state: 'active', count: '49' },
      { state: 'provisioning', count: '1' },
    ])
    // Nothing was taken from whoever it belongs to.
    expect(await arango.system.database('tenant_many_7').exists()).toBe(true)
    expect((await arango.system.listUsers()).map(({ user }) => user)).not.toContain('tenant_many_7')
    await arango.system.dropDatabase('tenant_many_7')
    expectExit(await given.dbsvc(['tenant', 'create', '--from', 'many.txt']), ExitCode.Ok)
    const calm = await lookEverywhere('calm')
    for (const id of ids) expect(await lookEverywhere(id)).toEqual(calm)
  })

  test('when a migration of one engine fails on every new company, then none of them is let in', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `unlucky_${index}`)
    const path = 'migrations/clickhouse/tenant/0002_first.sql'
    await given.write(path, migration('INSERT INTO events (id) SELECT id FROM default.nowhere;'))
    expectExit(await given.dbsvc(['tenant', 'create', ...ids]), ExitCode.Failed)
    expect(await statesOf('unlucky')).toEqual([{ state: 'provisioning', count: '20' }])
    const later = engines.find(({ name }) => name === 'clickhouse')?.later['clickhouse/tenant/0002_first.sql']
    await given.write(path, later ?? '')
    expectExit(await given.dbsvc(['tenant', 'create', ...ids]), ExitCode.Ok)
    expect(await statesOf('unlucky')).toEqual([{ state: 'active', count: '20' }])
  })

  test('when two processes migrate at once, then each company gets each row once', async () => {
    const both = await Promise.all([given.dbsvc(['migrate', 'up']), given.dbsvc(['migrate', 'up'])])
    for (const result of both) expectExit(result, ExitCode.Ok)
    const ledger = await given.database.query<{ company_id: string }>(
      `select company_id from dbsvc.ledger where engine = 'clickhouse' and name = '0002_first' and company_id <> ''`,
    )
    const companies = await given.database.query<{ company_id: string }>('select company_id from dbsvc.companies')
    expect(ledger.map(({ company_id }) => company_id).sort()).toEqual(
      companies.map(({ company_id }) => company_id).sort(),
    )
    for (const { company_id } of companies) {
      expect(await engines[0]?.look(company_id)).toMatchObject({ rows: [{ name: 'first' }] })
    }
  })

  test('when Weaviate has another class of the name, then the difference is told, and mending it converges', async () => {
    const asked = { class: 'Comments', properties: [{ name: 'text', dataType: ['text'], tokenization: 'field' }] }
    await weaviate.request('POST', '/schema', {
      ...asked,
      properties: [{ ...asked.properties[0], tokenization: 'word' }],
    })
    const before = await weaviate.request('GET', '/schema/Comments')
    await given.write('migrations/weaviate/shared/0002_comments.json', JSON.stringify({ up: [{ createClass: asked }] }))
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Failed)
    const { error } = result.json<ErrorDocument>()
    expect(error.message).toContain(
      'there is another class Comments: properties.text.tokenization is "word", not "field"',
    )
    expect(await weaviate.request('GET', '/schema/Comments')).toEqual(before)
    await weaviate.request('DELETE', '/schema/Comments')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await weaviate.request('GET', '/schema/Comments')).toMatchObject({ properties: [{ tokenization: 'field' }] })
  })

  test('when the configuration is wrong, then that is told before anything is touched', async () => {
    const before = await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8')
    const config = JSON.parse(before) as object
    for (const [section, message] of [
      [{ clickhouse: { url: 'ftp://127.0.0.1:1' } }, 'clickhouse.url'],
      [{ dragonfly: { url: 'http://127.0.0.1:1' } }, 'dragonfly.url'],
    ] as const) {
      await given.write('dbsvc.config.json', JSON.stringify({ ...config, ...section }))
      const result = await given.dbsvc(['tenant', 'create', 'never'])
      expectExit(result, ExitCode.Configuration)
      expect(result.stderr).toContain(message)
    }
    for (const section of [{ arango: { url: 'http://127.0.0.1:0' } }, { dragonfly: { url: 'redis://127.0.0.1:0' } }]) {
      await given.write('dbsvc.config.json', JSON.stringify({ ...config, ...section }))
      const result = await given.dbsvc(['doctor', '--only', 'stores', '--json'])
      expect(result.json<{ findings: { id: string }[] }>().findings.map(({ id }) => id)).toContain('store-unreachable')
    }
    await given.write('dbsvc.config.json', before)
    expect(await statesOf('never')).toEqual([])
  })
})

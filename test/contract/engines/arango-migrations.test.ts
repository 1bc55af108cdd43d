import { afterAll, beforeAll, expect, test } from 'vitest'
import { configSchema } from '../../../src/config/schema.ts'
import type { MigrationFile } from '../../../src/core/migration/file.ts'
import { arango } from '../../../src/engines/arango/engine.ts'
import type { Store, StoreStep } from '../../../src/engines/store.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { arangoStore, asCompany, companyNamed, migrate, migrationsIn, stepOptions } from '../../support/arango-store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { temporaryFolder } from '../../unit/temporary-folder.ts'

const config = configSchema.parse({})

describeEngine('arango', 'migrations', () => {
  let store: Store

  beforeAll(async () => {
    store = await arangoStore()
  })
  afterAll(() => store.close())

  async function givenCompany(): Promise<string> {
    const company = uniqueName('company')
    await store.provision([companyNamed(company)])
    return company
  }

  async function given(files: Readonly<Record<string, string | object>>): Promise<MigrationFile[]> {
    const folder = await temporaryFolder()
    for (const [name, content] of Object.entries(files)) {
      await folder.write(name, typeof content === 'string' ? content : JSON.stringify(content, null, 2))
    }
    return migrationsIn('tenant', folder.path)
  }

  async function stepsOf(files: readonly MigrationFile[], direction: 'up' | 'down' = 'up'): Promise<StoreStep[]> {
    const compiled = await arango.compile(files, new Set(files.map(({ name }) => name)), direction, config)
    return compiled.flatMap(({ steps }) => [...steps])
  }

  test('the shipped graphs are there for every company, alike, and gone again', async () => {
    const companies = [await givenCompany(), await givenCompany()]
    const files = await migrationsIn('tenant')
    for (const company of companies) await migrate(store, company, files)
    const structures = await store.inspect('tenant', companies)
    const [one, other] = companies.map((company) => structures.get(company))
    expect(one).toEqual(other)
    expect(one?.filter(({ kind }) => kind === 'other').map(({ name }) => name)).toEqual([
      'graph risk_correlation',
      'graph trading_influence',
      'graph user_network',
    ])
    expect(one?.find(({ kind, on }) => kind === 'constraint' && on === 'users')?.definition).toContain('{company}')
    await migrate(store, companies[0] ?? '', files, 'down')
    expect((await store.inspect('tenant', companies)).get(companies[0] ?? '')).toEqual([])
  })

  test('a company traverses its graphs, and writes nothing of another company into them', async () => {
    const company = await givenCompany()
    await migrate(store, company, await migrationsIn('tenant'))
    const own = await asCompany(company)
    const measured_at = '2026-01-05T10:00:00Z'
    const of = (documents: readonly object[]) => documents.map((one) => ({ company_id: company, ...one }))
    await own
      .collection('users')
      .saveAll(of(['ann', 'ben', 'cem', 'dia'].map((name) => ({ _key: name, user_id: name }))))
    await own.collection('influences').saveAll(
      of([
        { _from: 'users/ann', _to: 'users/ben', score: 0.9, measured_at },
        { _from: 'users/ben', _to: 'users/cem', score: 0.4, measured_at },
        { _from: 'users/cem', _to: 'users/dia', score: 0.1, measured_at },
      ]),
    )
    const reached = await own.query(
      'FOR v, e, p IN 1..2 OUTBOUND "users/ann" GRAPH "trading_influence" FILTER e.score >= 0.2 SORT v._key RETURN v.user_id',
    )
    expect(await reached.all()).toEqual(['ben', 'cem'])

    await own.collection('portfolios').save(...(of([{ _key: 'p', name: 'main', base_currency: 'USD' }]) as [object]))
    await own.collection('instruments').saveAll(of(['EURUSD', 'GBPUSD'].map((symbol) => ({ _key: symbol, symbol }))))
    await own
      .collection('exposed_to')
      .save(...(of([{ _from: 'portfolios/p', _to: 'instruments/EURUSD', exposure: 5, measured_at }]) as [object]))
    await own
      .collection('correlates_with')
      .save(
        ...(of([
          { _from: 'instruments/EURUSD', _to: 'instruments/GBPUSD', coefficient: 0.8, window_days: 30, measured_at },
        ]) as [object]),
      )
    const risk = await own.query(
      'FOR v, e IN 1..2 OUTBOUND "portfolios/p" GRAPH "risk_correlation" FILTER e.coefficient != null RETURN [v.symbol, e.coefficient]',
    )
    expect(await risk.all()).toEqual([['GBPUSD', 0.8]])

    expect(await refusal(own.collection('users').save({ company_id: 'somebody_else', user_id: 'x' }))).toEqual([
      400, 1620,
    ])
    expect(
      await refusal(
        own
          .collection('influences')
          .save({ _from: 'users/ann', _to: 'users/dia', company_id: company, score: 7, measured_at }),
      ),
    ).toEqual([400, 1620])
    expect(await refusal(own.collection('users').save({ company_id: company, user_id: 'ann' }))).toEqual([409, 1210])
  })

  test('the shared scope has a database of its own, and no company reaches it', async () => {
    const files = await migrationsIn('shared')
    await migrate(store, '', files)
    const found = (await store.inspect('shared', [])).get('') ?? []
    expect(found.filter(({ kind }) => kind === 'table').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['market_symbols', 'symbol_correlations']),
    )
    expect(JSON.stringify(found)).not.toContain('dbsvc_companies')
    await migrate(store, '', files, 'down')
  })

  test('each kind of thing is made, found equal when it is asked for again, and removed', async () => {
    const company = await givenCompany()
    const up = [
      {
        createAnalyzer: {
          name: 'words',
          type: 'norm',
          properties: { locale: 'en', case: 'lower' },
          features: ['frequency'],
        },
      },
      { createCollection: { name: 'notes', waitForSync: true } },
      { createCollection: { name: 'links', type: 'edge' } },
      { createIndex: { collection: 'notes', name: 'by_text', type: 'inverted', fields: ['text', { name: 'title' }] } },
      { createIndex: { collection: 'notes', name: 'by_place', type: 'geo', fields: ['place'], geoJson: true } },
      { createIndex: { collection: 'notes', name: 'ages', type: 'ttl', fields: ['at'], expireAfter: 60 } },
      { createGraph: { name: 'web', edgeDefinitions: [{ collection: 'links', from: ['notes'], to: ['notes'] }] } },
      {
        createView: {
          name: 'searched',
          type: 'arangosearch',
          links: { notes: { fields: { text: { analyzers: ['words'] } }, includeAllFields: false } },
        },
      },
      { createView: { name: 'alias', type: 'search-alias', indexes: [{ collection: 'notes', index: 'by_text' }] } },
      { changeCollection: { name: 'notes', waitForSync: false, schema: { rule: { type: 'object' } } } },
    ]
    const down = [
      { dropView: { name: 'alias' } },
      { dropView: { name: 'searched' } },
      { dropGraph: { name: 'web' } },
      { dropIndex: { collection: 'notes', name: 'by_text' } },
      { dropCollection: { name: 'links' } },
      { dropCollection: { name: 'notes' } },
      { dropAnalyzer: { name: 'words' } },
    ]
    const files = await given({ '0001_notes.json': { up, down } })
    const steps = await stepsOf(files)
    const target = { scope: 'tenant', company } as const
    for (const step of steps.slice(0, -1)) {
      await store.run(target, step, stepOptions())
      await store.run(target, step, stepOptions(true))
    }
    await store.run(target, steps.at(-1) as StoreStep, stepOptions())
    const names = ((await store.inspect('tenant', [company])).get(company) ?? []).map(
      ({ kind, name }) => `${kind} ${name}`,
    )
    expect(names).toEqual([
      'constraint schema',
      'index ages',
      'index by_place',
      'index by_text',
      'option properties',
      'option properties',
      'other analyzer words',
      'other graph web',
      'table links',
      'table notes',
      'view alias',
      'view searched',
    ])
    for (const step of await stepsOf(files, 'down')) {
      await store.run(target, step, stepOptions())
      await store.run(target, step, stepOptions(true))
      await expect(store.run(target, step, stepOptions())).rejects.toMatchObject({
        code: 'DBS-1107',
        message: expect.stringContaining('there is no '),
      })
    }
    expect((await store.inspect('tenant', [company])).get(company)).toEqual([])
  })

  test.each([
    [
      'a collection',
      { createCollection: { name: 'users', schema: { rule: { type: 'object' } } } },
      'schema is null, asked for',
    ],
    ['its type', { createCollection: { name: 'users', type: 'edge' } }, 'type is "document", asked for "edge"'],
    [
      'an index',
      { createIndex: { collection: 'users', name: 'by_name', type: 'persistent', fields: ['name'], unique: true } },
      'unique is false, asked for true',
    ],
    [
      'the name of an index',
      { createIndex: { collection: 'users', name: 'other', type: 'persistent', fields: ['name'] } },
      'users has the same index already, as by_name',
    ],
    [
      'a graph',
      {
        createGraph: {
          name: 'net',
          edgeDefinitions: [{ collection: 'follows', from: ['users'], to: ['users'] }],
          orphanCollections: ['teams'],
        },
      },
      'orphanCollections is [], asked for ["teams"]',
    ],
    ['an analyzer', { createAnalyzer: { name: 'words', type: 'identity' } }, 'type is "norm", asked for "identity"'],
    [
      'a view',
      { createView: { name: 'searched', type: 'arangosearch', links: {} } },
      'links.users is {}, asked for absent',
    ],
    [
      'a graph of what is not there',
      { createGraph: { name: 'more', edgeDefinitions: [{ collection: 'nothing', from: ['users'], to: ['users'] }] } },
      'there is no collection nothing',
    ],
    [
      'a collection of a graph',
      { dropCollection: { name: 'follows' } },
      'collection follows is part of graph net; drop that first',
    ],
  ])('%s that is another one than asked for is refused, and the difference named', async (_, operation, reason) => {
    const company = await givenCompany()
    const base = await given({
      '0001_base.json': {
        up: [
          { createCollection: { name: 'users' } },
          { createCollection: { name: 'teams' } },
          { createCollection: { name: 'follows', type: 'edge' } },
          { createIndex: { collection: 'users', name: 'by_name', type: 'persistent', fields: ['name'] } },
          {
            createGraph: { name: 'net', edgeDefinitions: [{ collection: 'follows', from: ['users'], to: ['users'] }] },
          },
          { createAnalyzer: { name: 'words', type: 'norm', properties: { locale: 'en', case: 'lower' } } },
          { createView: { name: 'searched', type: 'arangosearch', links: { users: {} } } },
        ],
      },
    })
    await migrate(store, company, base)
    const [step] = await stepsOf(await given({ '0002_more.json': { up: [operation] } }))
    const before = await store.inspect('tenant', [company])
    await expect(store.run({ scope: 'tenant', company }, step as StoreStep, stepOptions(true))).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining(reason),
    })
    expect(await store.inspect('tenant', [company])).toEqual(before)
  })

  test('code is given the database, the company and the signal', async () => {
    const company = await givenCompany()
    const files = await given({
      '0001_seed.ts': `import type { Database } from 'arangojs'
interface Context { db: Database; company: string; signal: AbortSignal }
export const up = async ({ db, company, signal }: Context): Promise<void> => {
  const notes = db.collection('notes')
  if (!(await notes.exists())) await notes.create()
  await notes.save({ _key: 'first', company, aborted: signal.aborted }, { overwriteMode: 'replace' })
}
export const down = async ({ db }: Context): Promise<void> => void (await db.collection('notes').drop())
`,
      '0002_broken.js': 'export const up = async ({ db }) => db.collection("nothing").save({})\n',
    })
    const [first, second] = await stepsOf(files)
    const target = { scope: 'tenant', company } as const
    await store.run(target, first as StoreStep, stepOptions())
    await store.run(target, first as StoreStep, stepOptions(true))
    const own = await asCompany(company)
    expect(await own.collection('notes').document('first')).toMatchObject({ company, aborted: false })
    await expect(store.run(target, second as StoreStep, stepOptions())).rejects.toMatchObject({
      code: 'DBS-1107',
      message: expect.stringContaining('1203'),
    })
  })

  test('a step that is given up before it is sent changes nothing', async () => {
    const company = await givenCompany()
    const [step] = await stepsOf(await given({ '0001_a.json': { up: [{ createCollection: { name: 'notes' } }] } }))
    const options = { ...stepOptions(), signal: AbortSignal.abort() }
    await expect(store.run({ scope: 'tenant', company }, step as StoreStep, options)).rejects.toMatchObject({
      code: 'DBS-1105',
    })
    expect((await store.inspect('tenant', [company])).get(company)).toEqual([])
  })

  test('code that does not heed the signal is not waited for', async () => {
    const company = await givenCompany()
    const [step] = await stepsOf(await given({ '0001_endless.js': 'export const up = () => new Promise(() => {})\n' }))
    const options = { ...stepOptions(), signal: AbortSignal.timeout(100) }
    await expect(store.run({ scope: 'tenant', company }, step as StoreStep, options)).rejects.toMatchObject({
      code: 'DBS-1105',
    })
  })

  test('an export has every document, and what the collections are', async () => {
    const company = await givenCompany()
    await migrate(store, company, await migrationsIn('tenant'))
    const own = await asCompany(company)
    const users = Array.from({ length: 2_345 }, (_, index) => ({ company_id: company, user_id: `u${index}` }))
    await own.collection('users').saveAll(users)
    const folder = await temporaryFolder()
    const files = await store.exportCompany(company, folder.path)
    expect(files.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['users.ndjson', 'follows.ndjson', 'structure.json']),
    )
    const { readFile, stat } = await import('node:fs/promises')
    const text = await readFile(`${folder.path}/users.ndjson`, 'utf8')
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { user_id: string })
    expect(new Set(rows.map(({ user_id }) => user_id))).toEqual(new Set(users.map(({ user_id }) => user_id)))
    for (const { file, bytes } of files) expect((await stat(`${folder.path}/${file}`)).size).toBe(bytes)
    const structure = JSON.parse(await readFile(`${folder.path}/structure.json`, 'utf8')) as { graphs: unknown[] }
    expect(structure.graphs).toHaveLength(3)
  })
})

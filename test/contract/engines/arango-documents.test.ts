import type { Database } from 'arangojs'
import type { EnsurePersistentIndexOptions } from 'arangojs/indexes'
import { beforeAll, expect, test } from 'vitest'
import { arangoDatabase } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { describeEngine } from '../../support/engines.ts'

describeEngine('arango', 'collections and documents', () => {
  let database: Database

  beforeAll(async () => {
    database = await arangoDatabase()
  })

  test('collections are made once, described, counted, truncated and dropped', async () => {
    const trades = await database.createCollection('trades')
    expect(await trades.get()).toMatchObject({ name: 'trades', type: 2, status: 3, isSystem: false })
    expect(await refusal(database.createCollection('trades'))).toEqual([409, 1207])
    expect(await refusal(database.createCollection('1 2'))).toEqual([400, 1208])
    await trades.saveAll([{ a: 1 }, { a: 2 }])
    expect((await trades.count()).count).toBe(2)
    await trades.truncate()
    expect((await trades.count()).count).toBe(0)
    await database.createEdgeCollection('follows')
    const types = Object.fromEntries((await database.listCollections()).map(({ name, type }) => [name, type]))
    expect(types).toMatchObject({ trades: 2, follows: 3 })
    await trades.drop()
    expect(await trades.exists()).toBe(false)
    expect(await refusal(trades.drop())).toEqual([404, 1203])
    expect(await refusal(trades.save({}))).toEqual([404, 1203])
  })

  test('a schema refuses what does not follow it, with its own message and at its level', async () => {
    const schema = {
      rule: { properties: { risk: { type: 'number' } }, required: ['risk'], additionalProperties: false },
      level: 'strict',
      message: 'risk must be a number',
    } as const
    const scores = await database.createCollection('scores', { schema })
    await scores.save({ _key: 'good', risk: 1 })
    const refused = scores.save({ risk: 'high' })
    await expect(refused).rejects.toThrow('risk must be a number')
    expect(await refusal(scores.save({ risk: 'high' }))).toEqual([400, 1620])
    expect(await refusal(scores.update('good', { risk: null }))).toEqual([400, 1620])
    expect(await refusal(database.query('INSERT {risk: true} INTO scores'))).toEqual([400, 1620])
    await scores.properties({ schema: { ...schema, level: 'new' } })
    await scores.update('good', { risk: 'now free' })
    expect((await scores.properties()).schema).toMatchObject({ level: 'new', message: 'risk must be a number' })
    expect(await refusal(scores.properties({ schema: { rule: 5 } as never }))).toEqual([400, 1621])
  })

  test('an insert gives and takes keys, and says what is wrong with one', async () => {
    const users = await database.createCollection('users')
    const saved = await users.save({ name: 'Ada' }, { returnNew: true })
    expect(saved).toMatchObject({ _id: `users/${saved._key}`, _rev: expect.any(String), new: { name: 'Ada' } })
    await users.save({ _key: 'a' })
    expect(await refusal(users.save({ _key: 'a' }))).toEqual([409, 1210])
    expect(await refusal(users.save({ _key: 'a b' }))).toEqual([400, 1221])
    expect(await refusal(users.save({ _key: 5 } as never))).toEqual([400, 1221])
    expect(await refusal(users.document('missing'))).toEqual([404, 1202])
    expect(await users.documentExists('a')).toBe(true)
    expect(await users.documentExists('missing')).toBe(false)
  })

  test('overwriteMode says what becomes of the document that is there', async () => {
    const users = database.collection('users')
    await users.save({ _key: 'o', a: 1, in: { x: 1 } })
    await users.save({ _key: 'o', b: 2 }, { overwriteMode: 'ignore' })
    expect(await users.document('o')).toMatchObject({ a: 1 })
    await users.save({ _key: 'o', b: 2, in: { y: 2 } }, { overwriteMode: 'update' })
    expect(await users.document('o')).toMatchObject({ a: 1, b: 2, in: { x: 1, y: 2 } })
    const replaced = await users.save({ _key: 'o', c: 3 }, { overwriteMode: 'replace', returnOld: true })
    expect(replaced).toMatchObject({ _oldRev: expect.any(String), old: { a: 1 } })
    expect(await users.document('o')).not.toHaveProperty('a')
    expect(await refusal(users.save({ _key: 'o' }, { overwriteMode: 'conflict' }))).toEqual([409, 1210])
  })

  test('an older version is not written over a newer one', async () => {
    const users = database.collection('users')
    const write = (version: number): Promise<unknown> =>
      users.save({ _key: 'v', version }, { overwriteMode: 'replace', versionAttribute: 'version' })
    for (const version of [1, 3, 2, 3]) await write(version)
    expect(await users.document('v')).toMatchObject({ version: 3 })
  })

  test('update merges, replace does not, null is kept unless told otherwise', async () => {
    const users = database.collection('users')
    await users.save({ _key: 'u', a: 1, b: { c: 1 } })
    await users.update('u', { b: { d: 2 }, a: null })
    expect(await users.document('u')).toMatchObject({ a: null, b: { c: 1, d: 2 } })
    await users.update('u', { a: null, b: { e: 3 } }, { keepNull: false, mergeObjects: false })
    const updated = await users.document('u')
    expect(updated).toMatchObject({ b: { e: 3 } })
    expect(updated).not.toHaveProperty('a')
    await users.replace('u', { only: true })
    expect(await users.document('u')).toEqual({ _key: 'u', _id: 'users/u', _rev: expect.any(String), only: true })
    expect(await refusal(users.update('missing', {}))).toEqual([404, 1202])
  })

  test('a stale revision is refused', async () => {
    const users = database.collection('users')
    const { _rev: first } = await users.save({ _key: 'r', n: 1 })
    const { _rev: second } = await users.update('r', { n: 2 }, { ifMatch: first })
    expect(await refusal(users.update('r', { n: 3 }, { ifMatch: first }))).toEqual([412, 1200])
    expect(await refusal(users.replace('r', { _rev: first, n: 3 }, { ignoreRevs: false }))).toEqual([412, 1200])
    expect(await refusal(users.document('r', { ifMatch: first }))).toEqual([412, 1200])
    expect(await refusal(users.remove('r', { ifMatch: first }))).toEqual([412, 1200])
    await users.remove('r', { ifMatch: second, returnOld: true })
    expect(await users.documentExists('r')).toBe(false)
  })

  test('in a batch each document succeeds or fails by itself', async () => {
    const users = database.collection('users')
    const saved = await users.saveAll([{ _key: 'b1' }, { _key: 'b1' }, { _key: 'b2' }])
    expect(saved).toMatchObject([{ _key: 'b1' }, { error: true, errorNum: 1210 }, { _key: 'b2' }])
    const updated = await users.updateAll([
      { _key: 'b1', n: 1 },
      { _key: 'missing', n: 1 },
    ])
    expect(updated).toMatchObject([{ _key: 'b1' }, { error: true, errorNum: 1202 }])
    expect(await users.documents(['b1', 'missing'])).toMatchObject([{ n: 1 }, { error: true, errorNum: 1202 }])
    const removed = await users.removeAll(['b1', 'b2', 'missing'])
    expect(removed).toMatchObject([{ _key: 'b1' }, { _key: 'b2' }, { error: true, errorNum: 1202 }])
  })

  test('a unique index is enforced, a sparse one does not see what is absent', async () => {
    const accounts = await database.createCollection('accounts')
    const unique: EnsurePersistentIndexOptions = {
      type: 'persistent',
      fields: ['mail'],
      unique: true,
      sparse: true,
      name: 'by_mail',
    }
    expect(await accounts.ensureIndex(unique)).toMatchObject({ isNewlyCreated: true, name: 'by_mail', unique: true })
    expect(await accounts.ensureIndex(unique)).toMatchObject({ isNewlyCreated: false })
    await accounts.saveAll([{}, {}, { _key: 'a', mail: 'a@x' }])
    expect(await refusal(accounts.save({ mail: 'a@x' }))).toEqual([409, 1210])
    await accounts.save({ _key: 'b', mail: 'b@x' })
    expect(await refusal(accounts.update('b', { mail: 'a@x' }))).toEqual([409, 1210])
    await accounts.dropIndex('by_mail')
    await accounts.update('b', { mail: 'a@x' })
    expect(await refusal(accounts.ensureIndex(unique))).toEqual([409, 1210])
    expect(await refusal(accounts.index('by_mail'))).toEqual([404, 1212])
  })

  test('other indexes are kept as they were defined', async () => {
    const ticks = await database.createCollection('ticks')
    await ticks.ensureIndex({ type: 'ttl', fields: ['at'], expireAfter: 60 })
    await ticks.ensureIndex({ type: 'geo', fields: ['place'], geoJson: true })
    await ticks.ensureIndex({ type: 'persistent', fields: ['a.b', 'c'] })
    const types = (await ticks.indexes()).map(({ type }) => String(type))
    expect(types.sort()).toEqual(['geo', 'persistent', 'primary', 'ttl'])
    expect(await refusal(ticks.ensureIndex({ type: 'ttl', fields: ['a', 'b'], expireAfter: 1 } as never))).toEqual([
      400, 10,
    ])
  })

  test('views and analyzers are defined and described', async () => {
    await database.createCollection('texts')
    const view = await database.createView('search', {
      type: 'arangosearch',
      links: { texts: { includeAllFields: true } },
    })
    expect(await view.properties()).toMatchObject({
      type: 'arangosearch',
      links: { texts: { includeAllFields: true } },
    })
    await view.updateProperties({ links: { texts: { fields: { body: {} } } } } as never)
    expect((await database.listViews()).map(({ name }) => name)).toEqual(['search'])
    await view.drop()
    expect(await view.exists()).toBe(false)
    const analyzer = await database.createAnalyzer('words', { type: 'text', properties: { locale: 'en' } } as never)
    expect(await analyzer.exists()).toBe(true)
    await analyzer.drop()
    expect(await analyzer.exists()).toBe(false)
    expect((await database.listAnalyzers()).map(({ name }) => name)).toContain('identity')
  })
})

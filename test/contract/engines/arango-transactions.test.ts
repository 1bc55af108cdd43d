import type { Database } from 'arangojs'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { arangoDatabase } from '../../support/arango.ts'
import { refusal } from '../../support/arango-refusal.ts'
import { describeEngine } from '../../support/engines.ts'

describeEngine('arango', 'stream transactions', () => {
  let database: Database

  beforeAll(async () => {
    database = await arangoDatabase()
    await database.createCollection('accounts')
    await database.createCollection('log')
  })

  beforeEach(async () => {
    const accounts = database.collection('accounts')
    await accounts.truncate()
    await accounts.save({ _key: 'a', n: 1 })
  })

  test('what a transaction writes is seen by others after its commit', async () => {
    const accounts = database.collection('accounts')
    const transaction = await database.beginTransaction({ write: ['accounts'] })
    await transaction.step(() => accounts.save({ _key: 'b' }))
    await transaction.step(() => database.query('UPDATE "a" WITH {n: 2} IN accounts'))
    expect(await transaction.step(() => accounts.document('b'))).toMatchObject({ _key: 'b' })
    expect(await accounts.documentExists('b')).toBe(false)
    expect(await accounts.document('a')).toMatchObject({ n: 1 })
    expect(await transaction.commit()).toMatchObject({ status: 'committed' })
    expect(await accounts.documentExists('b')).toBe(true)
    expect(await accounts.document('a')).toMatchObject({ n: 2 })
  })

  test('what an aborted transaction wrote never was', async () => {
    const accounts = database.collection('accounts')
    const transaction = await database.beginTransaction({ write: ['accounts'] })
    await transaction.step(() => accounts.remove('a'))
    expect(await transaction.abort()).toMatchObject({ status: 'aborted' })
    expect(await accounts.documentExists('a')).toBe(true)
    expect(await refusal(transaction.step(() => accounts.document('a')))).toEqual([410, 1654])
    expect(await refusal(transaction.commit())).toEqual([400, 1653])
  })

  test('a transaction reads what was there when it began', async () => {
    const accounts = database.collection('accounts')
    const transaction = await database.beginTransaction({ read: ['accounts'] })
    await transaction.step(() => accounts.document('a'))
    await accounts.update('a', { n: 9 })
    expect(await transaction.step(() => accounts.document('a'))).toMatchObject({ n: 1 })
    await transaction.abort()
  })

  test('two that write the same document are in conflict', async () => {
    const accounts = database.collection('accounts')
    const one = await database.beginTransaction({ write: ['accounts'] })
    const other = await database.beginTransaction({ write: ['accounts'] })
    await one.step(() => accounts.update('a', { by: 'one' }))
    expect(await refusal(other.step(() => accounts.update('a', { by: 'other' })))).toEqual([409, 1200])
    await one.commit()
    expect(await refusal(other.step(() => accounts.update('a', { by: 'other' })))).toEqual([409, 1200])
    await other.abort()
    expect(await accounts.document('a')).toMatchObject({ by: 'one' })
  })

  test('writing needs to be said beforehand, reading does not', async () => {
    const transaction = await database.beginTransaction({ write: ['accounts'] })
    expect(await transaction.step(() => database.collection('log').count())).toMatchObject({ count: 0 })
    expect(await refusal(transaction.step(() => database.collection('log').save({})))).toEqual([400, 1652])
    await transaction.abort()
    const strict = await database.beginTransaction({ write: ['accounts'] }, { allowImplicit: false })
    expect(await refusal(strict.step(() => database.query('FOR l IN log RETURN l')))).toEqual([400, 1652])
    await strict.abort()
  })

  test('an exclusive one waits for the other, and not for ever', async () => {
    const first = await database.beginTransaction({ exclusive: ['accounts'] })
    const waiting = database.beginTransaction({ exclusive: ['accounts'] }, { lockTimeout: 0.2 })
    expect(await refusal(waiting)).toEqual([500, 18])
    const second = database.beginTransaction({ exclusive: ['accounts'] }, { lockTimeout: 5 })
    await first.commit()
    await (await second).abort()
  })

  test('a transaction is known by its id while it runs', async () => {
    const transaction = await database.beginTransaction({ write: ['accounts'] })
    expect(await transaction.get()).toMatchObject({ id: transaction.id, status: 'running' })
    expect(await refusal(database.transaction('99999999999').get())).toEqual([404, 1655])
    expect(await database.transaction('no number').exists()).toBe(false)
    expect(await refusal(database.beginTransaction({ write: ['missing'] }))).toEqual([404, 1203])
    await transaction.abort()
  })

  test('a query that fails in the middle has written nothing', async () => {
    const query = 'FOR i IN 1..3 INSERT {_key: i == 3 ? "a" : CONCAT("k", i)} INTO accounts'
    expect(await refusal(database.query(query))).toEqual([409, 1210])
    expect(await database.collection('accounts').count()).toMatchObject({ count: 1 })
  })
})

import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { openSecretStore, type SecretStore } from '../../../src/config/secrets/store.ts'
import {
  ensureContextKey,
  listContextKeys,
  retireContextKey,
  rotateContextKey,
} from '../../../src/engines/postgres/context/key-ring.ts'
import { openKeyRing } from '../../../src/engines/postgres/context/open-key-ring.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let admin: Client

beforeEach(async () => {
  setting = await createSetting()
  admin = await setting.database.connect()
})

const otherMachine = async (): Promise<SecretStore> =>
  openSecretStore(await mkdtemp(join(inject('runDirectory'), 'keys-')))
const states = async (store = setting.schema.keys): Promise<string[]> =>
  (await listContextKeys(admin, store, 'main')).map(({ state, held }) => `${state}${held ? '' : ', not held'}`)
const retireNow = (keyId: string): Promise<unknown> =>
  setting.database.query('update dbsvc.context_keys set retires_at = now() where key_id = $1', [keyId])

describe('ensureContextKey', () => {
  test('run again it changes nothing', async () => {
    const before = await listContextKeys(admin, setting.schema.keys, 'main')
    await ensureContextKey(admin, setting.schema.keys, 'main')
    expect(await listContextKeys(admin, setting.schema.keys, 'main')).toEqual(before)
    expect(before.map(({ state }) => state)).toEqual(['current'])
  })

  test('after a crash between file and database, the file’s key is the one', async () => {
    const [key] = await listContextKeys(admin, setting.schema.keys, 'main')
    await setting.database.query('delete from dbsvc.context_keys')
    await ensureContextKey(admin, setting.schema.keys, 'main')
    expect((await listContextKeys(admin, setting.schema.keys, 'main'))[0]?.keyId).toBe(key?.keyId)
    const pool = setting.openPool()
    expect((await pool.query(claimsOf('alpha'), { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
  })

  test('several at once agree on one key', async () => {
    await setting.database.query('delete from dbsvc.context_keys')
    const store = await otherMachine()
    const clients = await Promise.all(Array.from({ length: 5 }, () => setting.database.connect()))
    await Promise.all(clients.map((client) => ensureContextKey(client, store, 'main')))
    expect(await states(store)).toEqual(['current'])
  })

  test('on a machine that lacks the key it refuses, and leaves nothing behind', async () => {
    const store = await otherMachine()
    expect(await refusal(ensureContextKey(admin, store, 'main'))).toMatchObject({ code: 'DBS-1603' })
    expect(await store.list()).toEqual([])
    expect(await states()).toEqual(['current'])
    expect(await refusal(openKeyRing(store, 'main'))).toMatchObject({ code: 'DBS-1603' })
  })

  test('two machines that set the same cluster up at once do not both succeed', async () => {
    await setting.database.query('delete from dbsvc.context_keys')
    const stores = [await otherMachine(), await otherMachine()]
    const outcomes = await Promise.allSettled(
      stores.map(async (store) => ensureContextKey(await setting.database.connect(), store, 'main')),
    )
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('on a machine whose key was retired elsewhere it refuses', async () => {
    const [key] = await listContextKeys(admin, setting.schema.keys, 'main')
    await retireNow(key?.keyId ?? '')
    expect(await refusal(ensureContextKey(admin, setting.schema.keys, 'main'))).toMatchObject({ code: 'DBS-1603' })
  })
})

describe('rotation', () => {
  test('without a failed request under load, and with the old key valid until it is retired', async () => {
    const ring = await openKeyRing(setting.schema.keys, 'main', { refreshMs: 50 })
    const pool = setting.openPool({ max: 4, keyRing: ring })
    const signers = new Set<string>()
    let running = true
    let served = 0
    const clients = Array.from({ length: 8 }, async () => {
      while (running) {
        signers.add(ring.current().keyId)
        await pool.query(claimsOf(served % 2 === 0 ? 'alpha' : 'beta'), { text: 'select 1' })
        served += 1
      }
    })
    const ids: string[] = []
    for (let round = 0; round < 4; round += 1) {
      const { keyId, previous } = await rotateContextKey(admin, setting.schema.keys, 'main')
      ids.push(keyId)
      await new Promise((resolve) => setTimeout(resolve, 150))
      if (previous !== null && round % 2 === 1) await retireNow(previous)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    running = false
    await Promise.all(clients)
    expect(served).toBeGreaterThan(20)
    expect([...signers]).toEqual(expect.arrayContaining(ids))
  })

  test('a process that has not looked since the old key retired looks again, and its request succeeds', async () => {
    const ring = await openKeyRing(setting.schema.keys, 'main', { refreshMs: 3_600_000 })
    const pool = setting.openPool({ keyRing: ring })
    const { previous } = await rotateContextKey(admin, setting.schema.keys, 'main')
    await retireNow(previous ?? '')
    expect(ring.current().keyId).toBe(previous)
    expect((await pool.query(claimsOf('alpha'), { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
    expect(ring.current().keyId).not.toBe(previous)
  })

  test('without the new key anywhere the request is refused', async () => {
    const pool = setting.openPool()
    await retireNow(setting.keyRing.current().keyId)
    expect(await refusal(pool.query(claimsOf('alpha'), { text: 'select 1' }))).toMatchObject({
      code: 'DBS-1601',
      message: 'the database refused the signed context: unknown context key',
    })
  })

  test('on a machine that lacks the keys it makes one that works', async () => {
    const store = await otherMachine()
    await rotateContextKey(admin, store, 'main')
    await ensureContextKey(admin, store, 'main')
    const pool = setting.openPool({ keyRing: await openKeyRing(store, 'main') })
    expect((await pool.query(claimsOf('alpha'), { text: 'select 1 as one' })).rows).toEqual([{ one: 1 }])
    expect(await states(store)).toEqual(['current', 'accepted, not held'])
  })
})

describe('retiring', () => {
  test('waits for the longest life of a context, whatever was asked for, and forgets the secret', async () => {
    const { previous } = await rotateContextKey(admin, setting.schema.keys, 'main')
    const { retiresAt } = await retireContextKey(admin, setting.schema.keys, 'main', previous ?? '', 1)
    expect(retiresAt.getTime() - Date.now()).toBeGreaterThan(58_000)
    expect(await states()).toEqual(['current', 'retiring, not held'])
    const again = await retireContextKey(admin, setting.schema.keys, 'main', previous ?? '', 600_000)
    expect(again.retiresAt).toEqual(retiresAt)
    await retireNow(previous ?? '')
    expect(await states()).toEqual(['current', 'retired, not held'])
  })

  test('is refused for the key in use, and for one that is not there', async () => {
    const { keyId } = setting.keyRing.current()
    expect(await refusal(retireContextKey(admin, setting.schema.keys, 'main', keyId, 0))).toMatchObject({
      code: 'DBS-1605',
    })
    expect(await refusal(retireContextKey(admin, setting.schema.keys, 'main', 'nokey', 0))).toMatchObject({
      code: 'DBS-1602',
    })
    expect(await refusal(retireContextKey(admin, await otherMachine(), 'main', keyId, 0))).toMatchObject({
      code: 'DBS-1603',
    })
  })
})

test('a damaged file is reported without quoting it', async () => {
  const store = await otherMachine()
  await store.write('postgres-main-context-keys', '{"current":"a","keys":{"a":"c2VjcmV0"}} trailing')
  const { code, message } = await refusal(openKeyRing(store, 'main'))
  expect(code).toBe('DBS-1003')
  expect(message).not.toMatch(/c2Vj|trailing/)
})

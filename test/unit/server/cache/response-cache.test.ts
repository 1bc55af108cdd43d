import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { companyTag, tableTag } from '../../../../src/core/routing/cache-key.ts'
import type { TableResult } from '../../../../src/core/routing/cells.ts'
import { createChanges } from '../../../../src/server/cache/changes.ts'
import type { CacheSubject } from '../../../../src/server/cache/entry.ts'
import { createMemoryLayer } from '../../../../src/server/cache/memory.ts'
import { createResponseCache } from '../../../../src/server/cache/response-cache.ts'
import type { Found } from '../../../../src/server/fallback/hierarchy.ts'

const table = (value: string): TableResult => ({
  columns: [{ name: 'v', type: 'text', kind: 'text', list: false }],
  rows: [[value]],
  rowCount: 1,
  command: 'SELECT',
})
const read = (value: string): Found<TableResult> => ({ value: table(value), source: 'direct_connection', ageMs: null })

const users: CacheSubject = {
  key: 'k',
  identity: { company: 'c', user: null, service: 's', schemaVersion: '1', engine: 'postgres' },
  tags: [companyTag('c'), tableTag('c', 'users')],
}

function start(options: { bytes?: number; entryBytes?: number } = {}) {
  let time = 1_000
  const now = () => time
  const changes = createChanges(now)
  const memory = createMemoryLayer({ bytes: 1_000_000, entryBytes: 100_000, keepMs: 600_000, ...options })
  const cache = createResponseCache({ memory, shared: null, changes, now })
  const ask = async (value: string, subject = users, maxAgeMs = 100) => {
    const answer = await cache.through(subject, maxAgeMs, async () => read(value))
    return answer.value.rows[0]?.[0]
  }
  return { cache, changes, ask, pass: (ms: number) => (time += ms) }
}

test('gives a response again, with its age, until that is too great', async () => {
  const { cache, ask, pass } = start()
  await ask('first')
  pass(100)
  const again = await cache.through(users, 100, async () => read('second'))
  expect(again).toEqual({ value: table('first'), source: 'cached_response', ageMs: 100 })
  pass(1)
  expect(await ask('second')).toBe('second')
  expect(cache.counts()).toMatchObject({ memoryHits: 1, misses: 2, entries: 1 })
})

test('a reader who wants it younger gets it younger', async () => {
  const { ask, pass } = start()
  await ask('first')
  pass(50)
  expect(await ask('second', users, 10)).toBe('second')
})

test('a write to its table outdates a response, one to another table does not', async () => {
  const { cache, ask, pass } = start()
  await ask('first')
  pass(1)
  cache.written([tableTag('c', 'orders'), tableTag('d', 'users')], 0)
  expect(await ask('second')).toBe('first')
  cache.written([tableTag('c', 'public.users')], 0)
  expect(await ask('second')).toBe('second')
})

test('a write of which nobody knows what it wrote outdates all responses of its company', async () => {
  const { cache, ask, pass } = start()
  await ask('first')
  pass(1)
  cache.written([companyTag('c')], 0)
  expect(await ask('second')).toBe('second')
})

test('a read that began before a write ended does not fill the cache after it', async () => {
  const { cache, ask, pass } = start()
  const slow = Promise.withResolvers<void>()
  const before = cache.through(users, 100, async () => {
    await slow.promise
    return read('old')
  })
  await setImmediate()
  pass(1)
  cache.written(users.tags, 0)
  pass(1)
  slow.resolve()
  expect((await before).value).toEqual(table('old'))
  expect(await ask('new')).toBe('new')
})

test('a read that begins in the very moment of the write is not kept either', async () => {
  const { cache, ask, pass } = start()
  cache.written(users.tags, 0)
  await ask('doubtful')
  pass(1)
  expect(await ask('new')).toBe('new')
})

test('nobody joins a read that began before a write of which he knows', async () => {
  const { cache, ask, pass } = start()
  const slow = Promise.withResolvers<Found<TableResult>>()
  const before = cache.through(users, 100, () => slow.promise)
  await setImmediate()
  pass(1)
  cache.written(users.tags, 0)
  pass(1)
  expect(await ask('new')).toBe('new')
  slow.resolve(read('old'))
  await before
  expect(await ask('newer')).toBe('new')
})

test('a write that may still be under way keeps what is read meanwhile out', async () => {
  const { cache, ask, pass } = start()
  cache.written(users.tags, 5_000)
  pass(4_000)
  await ask('before its commit')
  expect(await ask('after its commit')).toBe('after its commit')
  pass(1_001)
  await ask('settled')
  expect(await ask('later')).toBe('settled')
})

test('a later write without doubt does not lift the doubt of an earlier one', async () => {
  const { cache, ask, pass } = start()
  cache.written(users.tags, 5_000)
  pass(1)
  cache.written(users.tags, 0)
  pass(1)
  await ask('in doubt')
  expect(await ask('new')).toBe('new')
})

test('a hundred who ask at the same time cause one read', async () => {
  const { cache } = start()
  const slow = Promise.withResolvers<Found<TableResult>>()
  let reads = 0
  const answers = Array.from({ length: 100 }, () =>
    cache.through(users, 100, () => {
      reads++
      return slow.promise
    }),
  )
  slow.resolve(read('one'))
  expect(new Set((await Promise.all(answers)).map(({ value }) => value.rows[0]?.[0]))).toEqual(new Set(['one']))
  expect({ reads, joined: cache.counts().joined }).toEqual({ reads: 1, joined: 99 })
})

test('whoever joined a read that fails asks for himself', async () => {
  const { cache } = start()
  const slow = Promise.withResolvers<Found<TableResult>>()
  const first = cache.through(users, 100, () => slow.promise)
  const second = cache.through(users, 100, async () => read('own'))
  slow.reject(new Error('its client went away'))
  await expect(first).rejects.toThrow('went away')
  expect((await second).value).toEqual(table('own'))
})

test('an outdated response is not remembered when no engine answers, an old one is', async () => {
  const { cache, ask, pass } = start()
  await ask('first')
  pass(5_000)
  expect(await cache.remembered(users)).toEqual({ value: table('first'), ageMs: 5_000 })
  cache.written(users.tags, 0)
  expect(await cache.remembered(users)).toBeUndefined()
})

test('what was remembered is not kept as new', async () => {
  const { cache, ask, pass } = start()
  const old: Found<TableResult> = { value: table('old'), source: 'cached_response', ageMs: 9_000 }
  await cache.through(users, 100, async () => old)
  pass(1)
  expect(await ask('new')).toBe('new')
})

test('keeps to its bytes, and keeps no response that is too large', async () => {
  const { cache, ask } = start({ bytes: 50_000, entryBytes: 20_000 })
  for (let key = 0; key < 1_000; key++) await ask('x'.repeat(1_000), { ...users, key: `k${key}` })
  expect(cache.counts().bytes).toBeLessThanOrEqual(50_000)
  expect(cache.counts().entries).toBeGreaterThan(5)
  await ask('y'.repeat(20_000), { ...users, key: 'large' })
  expect(await ask('other', { ...users, key: 'large' })).toBe('other')
})

test('forgetting when something changed counts as a change', async () => {
  let time = 1_000
  const changes = createChanges(() => time, 10)
  changes.note(['c/users'])
  for (let tag = 0; tag < 10; tag++) changes.note([`c/t${tag}`])
  expect(changes.holds(['c/users'], 1_000)).toBe(false)
  time = 2_000
  expect(changes.holds(['c/users'], 1_500)).toBe(true)
})

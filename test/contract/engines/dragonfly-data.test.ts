import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, test } from 'vitest'
import { countAllKeys, countKeys, findOverBudget, isOverBudget } from '../../../src/engines/dragonfly/budget.ts'
import type { Store } from '../../../src/engines/store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'
import { temporaryFolder } from '../../unit/temporary-folder.ts'
import { connectDragonfly } from '../stores/dragonfly/config.ts'
import { limits, passwordOf } from '../stores/harness.ts'

describeEngine('valkey', 'keys of companies in DragonflyDB', () => {
  let server: TestValkey
  let admin: Redis
  let store: Store

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
    store = await connectDragonfly(server)
    return () => store.close()
  })

  async function newCompany(prefix: string): Promise<string> {
    const company = uniqueName(prefix)
    await store.provision([{ company, limits }])
    return company
  }

  async function fill(stem: string, count: number): Promise<void> {
    const pipeline = admin.pipeline()
    for (let at = 0; at < count; at++) pipeline.set(`${stem}${at}`, 'x')
    await pipeline.exec()
  }

  /** A key of each type, and keys of bytes that are no text. */
  async function fillWithEverything(company: string): Promise<void> {
    const key = (name: string): string => `t:${company}:${name}`
    await admin.set(key('text'), 'grüße', 'PX', 3_600_000)
    await admin.set(key('bytes'), Buffer.from([0xff, 0x00, 0xfe]))
    await admin.set(Buffer.concat([Buffer.from(key('')), Buffer.from([0xff, 0x0a, 0x80])]), 'under bytes')
    await admin.set(key('with\nline'), '1')
    await admin.rpush(key('list'), ...Array.from({ length: 2500 }, (_, at) => `item ${at}`))
    await admin.sadd(key('set'), 'a', 'b')
    await admin.hset(key('hash'), { one: '1', two: '2' })
    await admin.zadd(key('zset'), 1.5, 'low', 10, 'high')
    const pipeline = admin.pipeline()
    for (let at = 1; at <= 1500; at++) pipeline.xadd(key('stream'), `${at}-0`, 'at', String(at))
    await pipeline.exec()
  }

  describe('removing', () => {
    test('every type, thousands of keys, and names that are no text', async () => {
      const company = await newCompany('all')
      await fillWithEverything(company)
      await fill(`t:${company}:many:`, 5000)
      const remains = await store.findRemains(company)
      expect(remains).toContain(`user tenant_${company}`)
      expect(remains.at(-1)).toMatch(/^\d+ more keys t:/)
      await store.deprovision(company)
      expect(await store.findRemains(company)).toEqual([])
      expect(await admin.keys(`t:${company}:*`)).toEqual([])
    })

    test('keys that only look alike stay', async () => {
      const company = await newCompany('like')
      const alike = [
        `t:${company}`,
        `t:${company}x:k`,
        `t:${company}_d:k`,
        `x:t:${company}:k`,
        `T:${company}:k`,
        `t:${company.replace('like', '?ike')}:k`,
        `t:*:k`,
      ]
      for (const key of alike) await admin.set(key, 'stays')
      await admin.set(`t:${company}:k`, 'goes')
      await store.deprovision(company)
      expect(await admin.exists(...alike)).toBe(alike.length)
      expect(await admin.exists(`t:${company}:k`)).toBe(0)
      await admin.del(...alike)
    })

    test('a company that writes all the time is stopped first', async () => {
      const company = await newCompany('busy')
      const client = connectValkey(server, { name: `tenant_${company}`, password: await passwordOf(company) })
      let written = 0
      const writing = (async () => {
        for (; ; written++) await client.set(`t:${company}:${written}`, 'x')
      })().catch(() => {})
      await expect.poll(() => written).toBeGreaterThan(100)
      await store.deprovision(company)
      await writing
      expect(await store.findRemains(company)).toEqual([])
    })
  })

  describe('exporting', () => {
    async function exportLines(company: string): Promise<Record<string, unknown>[]> {
      const directory = join((await temporaryFolder()).path, 'export')
      await mkdir(directory)
      const files = await store.exportCompany(company, directory)
      const [file] = files
      if (file === undefined) return []
      expect(files).toHaveLength(1)
      expect((await stat(join(directory, file.file))).mode & 0o777).toBe(0o600)
      const text = await readFile(join(directory, file.file), 'utf8')
      return text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    }

    test('nothing makes no file', async () => {
      expect(await exportLines(await newCompany('nothing'))).toEqual([])
    })

    test('every type comes back, big keys in parts and bytes as base64', async () => {
      const company = await newCompany('export')
      await fillWithEverything(company)
      const lines = await exportLines(company)
      const valuesOf = (name: unknown): unknown[] =>
        lines.filter(({ key }) => JSON.stringify(key) === JSON.stringify(name)).map(({ value }) => value)
      const own = (name: string): string => `t:${company}:${name}`
      expect(valuesOf(own('text'))).toEqual(['grüße'])
      expect(valuesOf(own('bytes'))).toEqual([{ base64: '/wD+' }])
      const odd = Buffer.concat([Buffer.from(own('')), Buffer.from([0xff, 0x0a, 0x80])]).toString('base64')
      expect(valuesOf({ base64: odd })).toEqual(['under bytes'])
      expect(valuesOf(own('with\nline'))).toEqual(['1'])
      expect(valuesOf(own('list')).map((part) => (part as unknown[]).length)).toEqual([1000, 1000, 500])
      expect(valuesOf(own('list')).flat()).toEqual(Array.from({ length: 2500 }, (_, at) => `item ${at}`))
      expect(valuesOf(own('set')).flat().sort()).toEqual(['a', 'b'])
      expect(Object.fromEntries(valuesOf(own('hash')).flat() as [string, string][])).toEqual({ one: '1', two: '2' })
      expect(valuesOf(own('zset')).flat()).toEqual(expect.arrayContaining([['low', '1.5']]))
      const entries = valuesOf(own('stream')).flat()
      expect(entries).toHaveLength(1500)
      expect(entries.at(-1)).toEqual({ id: '1500-0', fields: ['at', '1500'] })
      const [text] = lines.filter(({ key }) => key === own('text'))
      expect(text).toMatchObject({ type: 'string', ttlMs: expect.any(Number) })
      expect(lines.find(({ key }) => key === own('set'))).toMatchObject({ ttlMs: null })
    })
  })

  describe('facts', () => {
    test('keys, memory, connections and the last activity', async () => {
      const company = await newCompany('facts')
      expect(await store.readFacts(company)).toEqual({
        place: `keys t:${company}:*`,
        sizeBytes: 0,
        items: 0,
        itemKind: 'keys',
        connections: 0,
        lastActivityAt: null,
      })
      await fill(`t:${company}:`, 1200)
      await admin.set(`t:${company}:big`, 'x'.repeat(100))
      const client = connectValkey(server, { name: `tenant_${company}`, password: await passwordOf(company) })
      await client.ping()
      const facts = await store.readFacts(company)
      expect(facts).toMatchObject({ items: 1201, connections: 1 })
      expect(facts.sizeBytes).toBeGreaterThan(1201 * 30)
      expect(facts.sizeBytes).toBeLessThan(1201 * 200)
      expect(Math.abs(Date.now() - Date.parse(facts.lastActivityAt ?? ''))).toBeLessThan(5000)
    })
  })

  describe('budgets', () => {
    test('a company is over its budget from one key more on', async () => {
      const company = await newCompany('budget')
      await fill(`t:${company}:`, 100)
      expect(await isOverBudget(admin, company, 100)).toBe(false)
      expect(await isOverBudget(admin, company, 99)).toBe(true)
      expect(await isOverBudget(admin, company, 0)).toBe(true)
      expect(await countKeys(admin, company)).toBe(100)
      expect(await countKeys(admin, company, 10)).toBe(10)
    })

    test('one pass counts all companies, those with names that begin alike apart', async () => {
      const [short, long] = [uniqueName('count'), '']
      await fill(`t:${short}:`, 3)
      await fill(`t:${short}_d:`, 5)
      await admin.set(`t:${short}`, 'belongs to nobody')
      const counts = await countAllKeys(admin)
      expect([counts.get(short), counts.get(`${short}_d`), counts.get(long)]).toEqual([3, 5, undefined])
    })

    test('those over their budget are found and named by doctor', async () => {
      const [over, within] = [await newCompany('over'), await newCompany('within')]
      const few = { ...limits, cacheKeys: 2 }
      for (const company of [over, within]) await store.applyLimits({ company, limits: few })
      await fill(`t:${over}:`, 3)
      await fill(`t:${within}:`, 2)
      // The server is shared, and other tests' companies may be over theirs.
      const isOwn = (text: string): boolean => text.includes(over) || text.includes(within)
      expect((await findOverBudget(admin)).filter(({ company }) => isOwn(company))).toEqual([
        { company: over, keys: 3, cacheKeys: 2 },
      ])
      const seen = (await store.examine()).filter(({ id }) => id === 'dragonfly-over-budget')
      expect(seen.map(({ message }) => message).filter(isOwn)).toEqual([
        expect.stringMatching(new RegExp(`^${over} has 3 keys .* it may have 2$`)),
      ])
      for (const company of [over, within]) await store.deprovision(company)
    })
  })
})

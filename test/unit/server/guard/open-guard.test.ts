import { expect, test } from 'vitest'
import { DbsvcError } from '../../../../src/core/errors/error.ts'
import type { KnownCompany } from '../../../../src/server/context/request-context.ts'
import { type GuardOptions, openGuard } from '../../../../src/server/guard/open-guard.ts'
import { given } from '../../engines/postgres/guard/given.ts'

const companyAt = (schemaVersion: string, company = 'company_abc'): KnownCompany => ({
  company,
  tier: 'free',
  limits: {
    statementTimeoutMs: 1,
    lockTimeoutMs: 1,
    workMemKb: 64,
    parallelWorkers: 0,
    loginConnections: 1,
    tempFileKb: 1,
    queryMemoryKb: 1,
    queriesPerHour: 1,
    cacheKeys: 1,
    vectorObjects: 1,
  },
  state: 'active',
  schemaVersion,
})

function start(options: Partial<GuardOptions> = {}) {
  const asked: string[] = []
  const guard = openGuard({
    surroundingsOf: async (company) => {
      asked.push(company)
      return { ...given, company }
    },
    ...options,
  })
  const judge = async (sql: string, allowed: 'read' | 'write' = 'read', company = companyAt('1')) => {
    try {
      return (await guard.judge(sql, allowed, company)).verb
    } catch (error) {
      return (error as DbsvcError).code
    }
  }
  return { guard, asked, judge }
}

test('a verdict is at hand at once the second time', async () => {
  const { guard } = start()
  await guard.judge('select 1', 'read', companyAt('1'))
  expect(guard.judge('select 1', 'read', companyAt('1'))).not.toBeInstanceOf(Promise)
})

test('whoever may write does not open the way for one who may only read', async () => {
  const { judge } = start()
  expect(await judge('delete from users', 'write')).toBe('write')
  expect(await judge('delete from users', 'read')).toBe('DBS-2203')
  expect(await judge('delete from users', 'write')).toBe('write')
})

test('a refusal is the same when it comes from the cache', async () => {
  const { judge } = start()
  for (const sql of ['set role x', 'selec 1', 'select * from tenant_company_xyz.users']) {
    expect(await judge(sql)).toBe(await judge(sql))
  }
})

test('another company has a verdict of its own', async () => {
  const { judge } = start()
  const sql = 'select * from tenant_company_abc.users'
  expect(await judge(sql)).toBe('read')
  expect(await judge(sql, 'read', companyAt('1', 'company_xyz'))).toBe('DBS-2202')
})

test('what a company may name is asked for once for each version of its schema', async () => {
  const { judge, asked } = start()
  await Promise.all([judge('select 1'), judge('select 2'), judge('select 3')])
  await judge('select 4')
  expect(asked).toEqual(['company_abc'])
  await judge('select 1', 'read', companyAt('2'))
  expect(asked).toHaveLength(2)
})

test('PostgreSQL that cannot be asked is asked again', async () => {
  const failures = [DbsvcError.of('DBS-1101', { engine: 'PostgreSQL', place: 'here', reason: 'refused' })]
  const { judge } = start({
    surroundingsOf: async () => {
      const failure = failures.pop()
      if (failure !== undefined) throw failure
      return given
    },
  })
  expect(await judge('select 1')).toBe('DBS-1101')
  expect(await judge('select 1')).toBe('read')
})

test('the cache keeps within its bytes', async () => {
  const { guard } = start({ cacheBytes: 20_000 })
  const texts = Array.from({ length: 200 }, (_, n) => `select ${n}`)
  for (const text of texts) await guard.judge(text, 'read', companyAt('1'))
  const kept = texts.filter((text) => !(guard.judge(text, 'read', companyAt('1')) instanceof Promise))
  expect(kept.length).toBeGreaterThan(5)
  expect(kept.length).toBeLessThan(40)
})

import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { DbsvcError } from '../../../../src/core/errors/error.ts'
import { createCircuits } from '../../../../src/server/fallback/circuits.ts'
import { createHierarchy, type FailedAttempt } from '../../../../src/server/fallback/hierarchy.ts'
import type { Way } from '../../../../src/server/postgres/gateway.ts'

const unsent = DbsvcError.of('DBS-2301', { reason: 'none is free' })
const unreachable = DbsvcError.of('DBS-1101', { engine: 'PostgreSQL', place: 'here', reason: 'refused' })
const lost = DbsvcError.of('DBS-1105', { place: 'here', reason: 'gone' })

function start() {
  let now = 0
  const failures: FailedAttempt[] = []
  const terms = { failures: 4, openMs: 1_000, longestOpenMs: 1_000, probeMs: 1_000 }
  const circuits = createCircuits(terms, () => now)
  const hierarchy = createHierarchy(circuits, (failure) => failures.push(failure))
  const context = { requestId: 'r1', company: { company: 'company_abc' }, signal: new AbortController().signal }
  const tried: Way[] = []
  const ask = (outcomes: Partial<Record<Way, unknown>>, repeatable: boolean, cached?: string, keyed = false) =>
    hierarchy.ask<string>({
      engine: 'postgres',
      context,
      repeatable,
      keyed,
      run: async (way) => {
        tried.push(way)
        await setImmediate()
        if (way in outcomes) throw outcomes[way]
        return `by ${way}`
      },
      ...(cached === undefined ? {} : { remembered: async () => ({ value: cached, ageMs: 70 }) }),
    })
  return { ask, tried, failures, circuits, wait: (ms: number) => (now += ms) }
}

test('a direct connection answers first', async () => {
  const { ask, tried } = start()
  expect(await ask({}, false)).toEqual({ value: 'by direct', source: 'direct_connection', ageMs: null })
  expect(tried).toEqual(['direct'])
})

test('then the pool, for a write too where nothing was sent, and the failure is told', async () => {
  const { ask, failures } = start()
  expect(await ask({ direct: unreachable }, false)).toMatchObject({ source: 'connection_pool', value: 'by pool' })
  expect(failures).toEqual([
    {
      engine: 'postgres',
      way: 'direct_connection',
      code: 'DBS-1101',
      reason: unreachable.message,
      requestId: 'r1',
      company: 'company_abc',
    },
  ])
})

test('that no connection was at hand is told only where nothing else worked', async () => {
  const { ask, failures } = start()
  await ask({ direct: unsent }, true)
  expect(failures).toEqual([])
  await expect(ask({ direct: unsent, pool: unreachable }, true)).rejects.toThrow()
  expect(failures.map(({ way }) => way)).toEqual(['direct_connection', 'connection_pool', 'cached_response'])
})

test('a company that has its share is told so, and it says nothing against the engine', async () => {
  const { ask, circuits } = start()
  const usedUp = DbsvcError.of('DBS-2302', { company: 'company_abc', retryAfterSeconds: 1 })
  for (const _ of [1, 2, 3, 4, 5])
    await expect(ask({ direct: unsent, pool: usedUp }, true, 'cached')).rejects.toBe(usedUp)
  expect(circuits.stateOf('postgres')).toBe('closed')
})

test('a read goes on where it is not known what was done', async () => {
  const { ask, tried } = start()
  expect(await ask({ direct: lost }, true)).toMatchObject({ source: 'connection_pool' })
  expect(tried).toEqual(['direct', 'pool'])
})

test('a write never does', async () => {
  const { ask, tried } = start()
  await expect(ask({ direct: lost }, false, 'cached')).rejects.toBe(lost)
  expect(tried).toEqual(['direct'])
})

test('then a cached response, with its age, for a read alone', async () => {
  const { ask } = start()
  const outcomes = { direct: unreachable, pool: unreachable }
  expect(await ask(outcomes, true, 'cached')).toEqual({ value: 'cached', source: 'cached_response', ageMs: 70 })
  await expect(ask(outcomes, false, 'cached')).rejects.toMatchObject({ code: 'DBS-2340' })
})

test('then AllDatabasesFailed names each attempt', async () => {
  const { ask, failures } = start()
  await expect(ask({ direct: unsent, pool: unreachable }, true)).rejects.toMatchObject({
    code: 'DBS-2340',
    details: {
      engine: 'postgres',
      attempts: [{ way: 'direct_connection' }, { way: 'connection_pool' }, { way: 'cached_response' }],
    },
  })
  expect(failures).toHaveLength(3)
})

test('an error that is an answer ends it', async () => {
  const { ask, tried } = start()
  const refused = DbsvcError.of('DBS-1206', { company: 'company_abc', state: 'suspended', wanted: 'active' })
  await expect(ask({ direct: refused }, true, 'cached')).rejects.toBe(refused)
  expect(tried).toEqual(['direct'])
})

test('an engine that fails time and again is left alone, and one probe brings it back', async () => {
  const { ask, tried, circuits, wait } = start()
  const down = { direct: unreachable, pool: unreachable }
  for (const _ of [1, 2]) await expect(ask(down, true)).rejects.toMatchObject({ code: 'DBS-2340' })
  expect(circuits.stateOf('postgres')).toBe('open')
  tried.length = 0
  await expect(ask({}, true)).rejects.toMatchObject({ code: 'DBS-2340' })
  expect(tried).toEqual([])

  wait(1_000)
  const answers = await Promise.allSettled([ask({}, true), ask({}, true), ask({}, true)])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(tried).toEqual(['direct'])
  expect(circuits.stateOf('postgres')).toBe('closed')
})

test('connections that are all in use say nothing against the engine', async () => {
  const { ask, circuits } = start()
  for (const _ of [1, 2, 3, 4, 5]) await expect(ask({ direct: unsent, pool: unsent }, true)).rejects.toThrow()
  expect(circuits.stateOf('postgres')).toBe('closed')
})

test('so does a write with an idempotency key, and where nobody knows what was done it says so', async () => {
  const { ask, tried } = start()
  expect(await ask({ direct: lost }, false, undefined, true)).toMatchObject({ source: 'connection_pool' })
  expect(tried).toEqual(['direct', 'pool'])
  await expect(ask({ direct: lost, pool: unreachable }, false, undefined, true)).rejects.toMatchObject({
    code: 'DBS-1105',
  })
})

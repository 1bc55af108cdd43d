import { describe, expect, test } from 'vitest'
import type { RollOutResult } from '../../../../src/app/migrate/roll-out.ts'
import { RunRecorder } from '../../../../src/app/migrate/run-recorder.ts'
import { DbsvcError } from '../../../../src/core/errors/error.ts'
import type { RunEvent } from '../../../../src/core/run/event.ts'

const error = DbsvcError.of('DBS-1505', { target: 'b', file: '0002_orders.sql', blocker: null })

const nothing: RollOutResult = { done: [], failures: [], moved: [], skipped: [] }

/** What is kept of a run that takes these steps over the companies. */
function record(...results: readonly Partial<RollOutResult>[]): RunRecorder & { readonly told: readonly RunEvent[] } {
  const told: RunEvent[] = []
  const recorder = new RunRecorder((event) => told.push(event))
  for (const [index, result] of results.entries()) {
    const step = {
      engine: 'postgres',
      direction: 'up',
      scope: 'tenant',
      migration: `000${index + 1}_orders`,
      durationMs: 5,
    } as const
    recorder.add(step, { ...nothing, ...result })
  }
  return Object.assign(recorder, { told })
}

describe('given a run of several migrations', () => {
  test('each step is told with what became of it', () => {
    const { told, steps } = record({ done: ['a', 'b'] }, { done: ['a'], failures: [{ target: 'b', error }] })
    expect(steps).toEqual([
      {
        engine: 'postgres',
        direction: 'up',
        scope: 'tenant',
        migration: '0001_orders',
        durationMs: 5,
        targets: 2,
        failed: 0,
      },
      {
        engine: 'postgres',
        direction: 'up',
        scope: 'tenant',
        migration: '0002_orders',
        durationMs: 5,
        targets: 1,
        failed: 1,
      },
    ])
    expect(told).toEqual(steps.map((step) => ({ type: 'step', step })))
  })

  test('a company that had them all is complete', () => {
    const run = record({ done: ['a', 'b'] }, { done: ['b', 'a'] })
    expect(run.completed).toBe(2)
    expect(run.hasDone('a')).toBe(true)
    expect(run.hasDone('z')).toBe(false)
  })

  test('one that failed on the way is not', () => {
    const run = record({ done: ['a', 'b'] }, { done: ['a'], failures: [{ target: 'b', error }] })
    expect(run.completed).toBe(1)
    expect(run.hasDone('b')).toBe(false)
    expect(run.hasFailed('postgres', 'tenant', 'b')).toBe(true)
    expect(run.failedTargets).toEqual([
      {
        engine: 'postgres',
        scope: 'tenant',
        company: 'b',
        migration: '0002_orders',
        code: 'DBS-1505',
        reason: error.message,
      },
    ])
  })

  test('nor is one that the run left on the way', () => {
    const run = record({ done: ['a', 'b', 'c'] }, { done: ['a'], failures: [{ target: 'b', error }], skipped: ['c'] })
    expect(run.completed).toBe(1)
    expect(run.hasDone('c')).toBe(false)
    expect(run.skipped).toBe(1)
  })
})

describe('given the shared scope', () => {
  test('it goes by its own name, and is recorded without a company', () => {
    const run = new RunRecorder(() => {})
    const step = {
      engine: 'postgres',
      direction: 'up',
      scope: 'shared',
      migration: '0001_prices',
      durationMs: 5,
    } as const
    run.add(step, { ...nothing, failures: [{ target: '', error }] })
    expect(run.failures).toEqual([
      { engine: 'postgres', scope: 'shared', target: 'shared', migration: '0001_prices', error },
    ])
    expect(run.failedTargets[0]).toMatchObject({ scope: 'shared', company: '' })
    expect(run.hasFailed('postgres', 'shared', '')).toBe(true)
  })
})

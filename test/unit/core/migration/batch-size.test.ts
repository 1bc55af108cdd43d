import { describe, expect, test } from 'vitest'
import { type BatchLimits, BatchSize } from '../../../../src/core/migration/batch-size.ts'

const limits: BatchLimits = { targets: 20, durationMs: 2_000, locks: 1_000 }

describe('given a migration that nothing is known of', () => {
  test('the first batch has one target', () => {
    expect(new BatchSize(limits).next()).toBe(1)
  })

  test('it stays one until a batch is through', () => {
    const size = new BatchSize(limits)
    size.next()
    expect(size.next()).toBe(1)
  })
})

describe('given what one target took', () => {
  const nextAfter = (cost: { durationMs: number; locks: number | null }, of: BatchLimits = limits): number => {
    const size = new BatchSize(of)
    size.record({ targets: 1, ...cost })
    return size.next()
  }

  test('a quick one lets the next batch be as large as was asked for', () => {
    expect(nextAfter({ durationMs: 5, locks: 10 })).toBe(20)
  })

  test('half of the time is kept free, for companies that take twice as long', () => {
    expect(nextAfter({ durationMs: 100, locks: null })).toBe(10)
  })

  test('the lock table is not taken beyond its part', () => {
    expect(nextAfter({ durationMs: 5, locks: 300 })).toBe(3)
  })

  test('what is scarcest counts', () => {
    expect(nextAfter({ durationMs: 100, locks: 300 })).toBe(3)
    expect(nextAfter({ durationMs: 500, locks: 300 })).toBe(2)
  })

  test('one target is tried, however long it takes and however many locks', () => {
    expect(nextAfter({ durationMs: 60_000, locks: null })).toBe(1)
    expect(nextAfter({ durationMs: 5, locks: 5_000 })).toBe(1)
    expect(nextAfter({ durationMs: 5, locks: 1 }, { ...limits, locks: 0 })).toBe(1)
  })

  test('a time too short to measure, or a lock table of unknown size, limits nothing', () => {
    expect(nextAfter({ durationMs: 0, locks: 0 })).toBe(20)
    expect(nextAfter({ durationMs: 5, locks: 10_000 }, { ...limits, locks: Number.POSITIVE_INFINITY })).toBe(20)
  })
})

describe('given batches of several', () => {
  test('time and locks are counted per target', () => {
    const size = new BatchSize(limits)
    size.record({ targets: 10, durationMs: 2_000, locks: 2_500 })
    expect(size.next()).toBe(4)
  })

  test('the latest time counts, as later companies may be larger or smaller', () => {
    const size = new BatchSize(limits)
    size.record({ targets: 1, durationMs: 500, locks: null })
    size.record({ targets: 2, durationMs: 200, locks: null })
    expect(size.next()).toBe(10)
    size.record({ targets: 10, durationMs: 5_000, locks: null })
    expect(size.next()).toBe(2)
  })

  test('the most locks count, and those that were not counted do not', () => {
    const size = new BatchSize(limits)
    size.record({ targets: 1, durationMs: 5, locks: 200 })
    size.record({ targets: 1, durationMs: 5, locks: 10 })
    size.record({ targets: 5, durationMs: 5, locks: null })
    expect(size.next()).toBe(5)
  })
})

describe('given a batch that was too much for the server', () => {
  const quick = (): BatchSize => {
    const size = new BatchSize(limits)
    size.record({ targets: 1, durationMs: 1, locks: null })
    return size
  }

  test('no later one has more than half as many', () => {
    const size = quick()
    size.refused(15)
    expect(size.next()).toBe(7)
    size.record({ targets: 7, durationMs: 1, locks: null })
    expect(size.next()).toBe(7)
  })

  test('a refusal of a larger one, that was under way before, takes nothing back', () => {
    const size = quick()
    size.refused(6)
    size.refused(20)
    expect(size.next()).toBe(3)
  })

  test('one target is tried all the same', () => {
    const size = quick()
    size.refused(1)
    expect(size.next()).toBe(1)
  })
})

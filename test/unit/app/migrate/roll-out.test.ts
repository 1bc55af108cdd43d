import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Retry, type RollOutOptions, type RollOutProgress, rollOut } from '../../../../src/app/migrate/roll-out.ts'
import { DbsvcError } from '../../../../src/core/errors/error.ts'
import { TargetsTaken } from '../../../../src/engines/engine.ts'

/** What a worker does with a batch; it throws what a server would answer. */
type Work = (targets: readonly string[], worker: string) => unknown

type Options = Partial<Omit<RollOutOptions<string>, 'work'>>

const failure = (target: string): DbsvcError =>
  DbsvcError.of('DBS-1501', { target, file: '0001_orders.sql', line: 1, column: 1, reason: 'division by zero' })

const lost = DbsvcError.of('DBS-1105', { place: 'localhost:5432/app', reason: 'connection terminated' })

const locked = DbsvcError.of('DBS-1505', { target: 'a', file: '0001_orders.sql', blocker: null })

const passing: NonNullable<Options['passing']> = (error) =>
  error === locked ? { reason: 'lock timeout', tooMuch: false } : undefined

const fleet = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `c${String(index + 1).padStart(2, '0')}`)

/** Rolls out over workers that do everything at once, and keeps the batches that were sent. */
async function roll(targets: readonly string[], work: Work, options: Options = {}) {
  const batches: string[][] = []
  const result = await rollOut(targets, {
    workers: ['one'],
    limits: { targets: 4, durationMs: 60_000, locks: Number.POSITIVE_INFINITY },
    signal: new AbortController().signal,
    ...options,
    async work(worker, batch) {
      batches.push([...batch])
      await work(batch, worker)
      return { locks: null, durationMs: 1 }
    },
  })
  return { ...result, batches, failed: result.failures.map(({ target }) => target) }
}

const sizes = (batches: readonly (readonly string[])[]): number[] => batches.map((batch) => batch.length)

const fine: Work = () => {}

afterEach(() => {
  vi.restoreAllMocks()
})

/** Fails for a batch with any of these, as a transaction does. */
const failing =
  (...bad: readonly string[]): Work =>
  (batch) => {
    const found = batch.find((target) => bad.includes(target))
    if (found !== undefined) throw failure(found)
  }

describe('given targets that all come over', () => {
  test('each is brought over once; the first batch is one that is measured', async () => {
    const targets = fleet(10)
    const { done, failures, moved, skipped, batches } = await roll(targets, fine)
    expect({ done, failures, moved, skipped }).toEqual({ done: targets, failures: [], moved: [], skipped: [] })
    expect(sizes(batches)).toEqual([1, 4, 4, 1])
  })

  test('several workers share them', async () => {
    const by = new Map<string, string[]>()
    const { done } = await roll(
      fleet(9),
      async (batch, worker) => {
        by.set(worker, [...(by.get(worker) ?? []), ...batch])
        await sleep(5)
      },
      { workers: ['one', 'two'] },
    )
    expect(done.toSorted()).toEqual(fleet(9))
    expect([...by.keys()].toSorted()).toEqual(['one', 'two'])
    expect([...by.values()].flat().toSorted()).toEqual(fleet(9))
  })

  test('nothing is asked for where there is nobody', async () => {
    expect(await roll([], fine)).toMatchObject({ done: [], skipped: [], batches: [] })
  })

  test('batches are no larger than the locks that they may take', async () => {
    const batches: number[] = []
    await rollOut(fleet(9), {
      workers: ['one'],
      limits: { targets: 20, durationMs: 60_000, locks: 100 },
      signal: new AbortController().signal,
      async work(_, { length }) {
        batches.push(length)
        return { locks: 25 * length, durationMs: 1 }
      },
    })
    expect(batches).toEqual([1, 4, 4])
  })

  test('progress is told after each batch', async () => {
    const told: number[] = []
    await roll(fleet(6), fine, { onProgress: ({ done }) => told.push(done.length) })
    expect(told).toEqual([1, 5, 6])
  })
})

describe('given targets that fail', () => {
  test.each([
    [['c07']],
    [['c02', 'c12']],
    [['c02', 'c03', 'c04', 'c05']],
    [['c13']],
    [fleet(13).slice(1)],
  ])('of thirteen, %j stand alone in the end, and every other is brought over', async (bad) => {
    const { done, failed, skipped } = await roll(fleet(13), failing(...bad))
    expect(failed).toEqual(bad)
    expect(done.toSorted()).toEqual(fleet(13).filter((target) => !bad.includes(target)))
    expect(skipped).toEqual([])
  })

  test('each has the error of its own last attempt', async () => {
    const { failures } = await roll(fleet(5), failing('c04', 'c02'))
    expect(failures).toEqual([
      { target: 'c02', error: failure('c02') },
      { target: 'c04', error: failure('c04') },
    ])
  })

  test('a batch is halved, and no half is sent twice', async () => {
    const { batches } = await roll(fleet(5), failing('c02'))
    expect(batches).toEqual([['c01'], ['c02', 'c03', 'c04', 'c05'], ['c02', 'c03'], ['c02'], ['c03'], ['c04', 'c05']])
  })

  test('an error that only a batch makes costs nobody anything', async () => {
    const { done, failures } = await roll(fleet(9), ({ length }) => {
      if (length > 1) throw new Error('too long a message')
    })
    expect(done.toSorted()).toEqual(fleet(9))
    expect(failures).toEqual([])
  })

  test('a bug is no target’s failure', async () => {
    const bug = new TypeError('x is not a function')
    await expect(
      roll(fleet(5), () => {
        throw bug
      }),
    ).rejects.toBe(bug)
  })
})

describe('given nothing but failures', () => {
  const everyone = (batch: readonly string[]) => {
    throw failure(batch[0] ?? '')
  }

  test('three that wait for others say nothing of the migration, and spare nobody', async () => {
    const busy = fleet(3)
    const { failed, done } = await roll(fleet(8), (batch) => {
      if (batch.some((target) => busy.includes(target))) throw locked
    })
    expect(failed).toEqual(busy)
    expect(done).toHaveLength(5)
  })

  test('after the first three the migration is at fault, and the others are spared', async () => {
    const { failed, skipped } = await roll(fleet(20), everyone)
    expect(failed).toEqual(['c01', 'c02', 'c03'])
    expect(skipped).toEqual(fleet(20).slice(3))
  })

  test('one success before is enough to go on', async () => {
    const { done, failed, skipped } = await roll(fleet(20), failing(...fleet(20).slice(1)))
    expect(done).toEqual(['c01'])
    expect(failed).toHaveLength(19)
    expect(skipped).toEqual([])
  })
})

describe('given a rule to stop', () => {
  const stop = ({ failures }: RollOutProgress): boolean => failures.length >= 1

  test('nothing is sent after it, and the rest is skipped', async () => {
    const { done, failed, skipped } = await roll(fleet(9), failing('c03'), { stop })
    expect({ done, failed }).toEqual({ done: ['c01', 'c02'], failed: ['c03'] })
    expect(skipped).toEqual(fleet(9).slice(3))
  })

  test('where it holds from the start, nothing is sent at all', async () => {
    expect(await roll(fleet(3), fine, { stop: () => true })).toMatchObject({ batches: [], skipped: fleet(3) })
  })
})

describe('given an interruption', () => {
  test('the batch under way is finished, and the rest is skipped', async () => {
    const controller = new AbortController()
    const work: Work = (batch) => {
      if (batch.includes('c03')) controller.abort()
    }
    const { done, skipped } = await roll(fleet(12), work, { signal: controller.signal })
    expect(done).toEqual(fleet(5))
    expect(skipped).toEqual(fleet(12).slice(5))
  })

  test('a wait for another run ends at once', async () => {
    // Five seconds, the longest wait between two attempts.
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const controller = new AbortController()
    const work: Work = () => {
      throw locked
    }
    let attempts = 0
    const onRetry = (): void => {
      attempts += 1
      if (attempts === 2) controller.abort()
    }
    const started = performance.now()
    const { skipped } = await roll(['a'], work, { signal: controller.signal, passing, attempts: 99, onRetry })
    expect(skipped).toEqual(['a'])
    expect(performance.now() - started).toBeLessThan(550)
  })
})

describe('given a connection that is lost', () => {
  test('it is nobody’s failure, and thrown', async () => {
    await expect(
      roll(fleet(9), (batch) => {
        if (batch.length > 1) throw lost
      }),
    ).rejects.toBe(lost)
  })

  test('the other workers finish what they have, and begin nothing more', async () => {
    const finished: string[] = []
    await expect(
      roll(
        fleet(20),
        async (batch, worker) => {
          if (worker === 'two') throw lost
          await sleep(20)
          finished.push(...batch)
        },
        { workers: ['one', 'two', 'three'] },
      ),
    ).rejects.toBe(lost)
    expect(finished.toSorted()).toEqual(['c01', 'c03'])
  })

  test('it is not asked whether it may pass', async () => {
    await expect(
      roll(
        ['a'],
        () => {
          throw lost
        },
        { attempts: 5, passing: () => ({ reason: 'gone', tooMuch: false }) },
      ),
    ).rejects.toBe(lost)
  })
})

describe('given failures that may pass', () => {
  /** Fails so many times for a target, also where it is one of several. */
  const failingTimes = (target: string, times: number): Work => {
    let left = times
    return (batch) => {
      if (!batch.includes(target) || left === 0) return
      left -= 1
      throw locked
    }
  }

  test('a target is tried again until it comes over, and each try is told', async () => {
    const retries: Retry[] = []
    const { done, failures } = await roll(['a'], failingTimes('a', 2), {
      passing,
      attempts: 5,
      onRetry: (retry) => retries.push(retry),
    })
    expect({ done, failures }).toEqual({ done: ['a'], failures: [] })
    expect(retries).toEqual([
      { target: 'a', attempt: 2, delayMs: expect.any(Number), reason: 'lock timeout' },
      { target: 'a', attempt: 3, delayMs: expect.any(Number), reason: 'lock timeout' },
    ])
    expect(retries[0]?.delayMs).toBeLessThanOrEqual(200)
    expect(retries[1]?.delayMs).toBeLessThanOrEqual(400)
  })

  test('so often and no more, then it has failed', async () => {
    const { failures, batches } = await roll(['a'], failingTimes('a', 9), { passing, attempts: 3 })
    expect(failures).toEqual([{ target: 'a', error: locked }])
    expect(batches).toHaveLength(3)
  })

  test('others do not wait for it', async () => {
    const { done, batches } = await roll(['a', 'b', 'c'], failingTimes('a', 1), { passing, attempts: 2 })
    expect(done).toEqual(['b', 'c', 'a'])
    expect(batches[0]).toEqual(['a'])
  })

  test('failing as one of several is no attempt of its own', async () => {
    const { done, batches } = await roll(fleet(5), failingTimes('c02', 3), { passing, attempts: 2 })
    expect(done.toSorted()).toEqual(fleet(5))
    expect(batches.filter((batch) => batch.includes('c02')).map((batch) => batch.length)).toEqual([4, 2, 1, 1])
  })

  test('without attempts, or where nothing passes, the first failure is the last', async () => {
    expect((await roll(['a'], failingTimes('a', 1), { passing })).failed).toEqual(['a'])
    expect((await roll(['a'], failingTimes('a', 1), { attempts: 5 })).failed).toEqual(['a'])
  })

  test('too much for the server at once: later batches are smaller', async () => {
    const tooMuch = new Error('out of shared memory')
    const { done, batches } = await roll(
      fleet(20),
      ({ length }) => {
        if (length > 2) throw tooMuch
      },
      { limits: { targets: 8, durationMs: 60_000, locks: 1_000 }, passing: () => ({ reason: 'full', tooMuch: true }) },
    )
    expect(done.toSorted()).toEqual(fleet(20))
    expect(sizes(batches)).toEqual([1, 8, 4, 2, 2, 4, 2, 2, 2, 2, 2, 2, 2, 1])
  })
})

describe('given another run at work on the same targets', () => {
  test('the others of a batch go on without those it has moved', async () => {
    const work: Work = (batch) => {
      const moved = batch.filter((target) => ['c02', 'c04'].includes(target))
      if (moved.length > 0) throw new TargetsTaken({ moved })
    }
    const { done, moved, skipped, failures, batches } = await roll(fleet(5), work)
    expect({ done, moved, skipped, failures }).toEqual({
      done: ['c01', 'c03', 'c05'],
      moved: ['c02', 'c04'],
      skipped: [],
      failures: [],
    })
    expect(batches).toEqual([['c01'], ['c02', 'c03', 'c04', 'c05'], ['c03', 'c05']])
  })

  test('what else it has moved is not even tried', async () => {
    const work: Work = (batch) => {
      if (batch.includes('c02')) throw new TargetsTaken({ moved: ['c02'] })
    }
    const { done, moved, batches } = await roll(fleet(12), work, { remaining: async () => ['c09', 'c12'] })
    expect(moved.toSorted()).toEqual(['c02', ...fleet(12).slice(5, 8), 'c10', 'c11'])
    expect(done).toEqual(['c01', 'c03', 'c04', 'c05', 'c09', 'c12'])
    expect(batches.flat()).not.toContain('c06')
  })

  test('what it has under way is waited for, behind all others', async () => {
    let busy = 3
    const work: Work = (batch) => {
      if (!batch.includes('c02') || busy === 0) return
      busy -= 1
      throw new TargetsTaken({ busy: ['c02'] })
    }
    const { done, failures, batches } = await roll(fleet(6), work, { busyMs: 10_000 })
    expect(failures).toEqual([])
    expect(done.toSorted()).toEqual(fleet(6))
    expect(done.at(-1)).toBe('c02')
    expect(batches.slice(-2)).toEqual([['c02'], ['c02']])
  })

  test('what it had under way and has moved is its own', async () => {
    let first = true
    const work: Work = () => {
      const taken = first ? { busy: ['a'] } : { moved: ['a'] }
      first = false
      throw new TargetsTaken(taken)
    }
    expect(await roll(['a'], work, { busyMs: 10_000 })).toMatchObject({ done: [], moved: ['a'], failures: [] })
  })

  test('what it does not let go of in time has failed, and no other', async () => {
    const work: Work = (batch) => {
      if (batch.includes('c03')) throw new TargetsTaken({ busy: ['c03'] })
    }
    const { done, failures } = await roll(fleet(5), work, { busyMs: 50 })
    expect(done.toSorted()).toEqual(['c01', 'c02', 'c04', 'c05'])
    expect(failures).toEqual([{ target: 'c03', error: DbsvcError.of('DBS-1409', { target: 'c03' }) }])
  })

  test('two roll-outs that claim as the database does bring each target over once', async () => {
    const owner = new Map<string, string>()
    const claimed = new Set<string>()
    const claim =
      (run: string): Work =>
      async (batch) => {
        const busy = batch.filter((target) => claimed.has(target))
        const moved = batch.filter((target) => owner.has(target))
        if (busy.length > 0 || moved.length > 0) throw new TargetsTaken({ busy, moved })
        for (const target of batch) claimed.add(target)
        await sleep(Math.random() * 4)
        for (const target of batch) {
          claimed.delete(target)
          owner.set(target, run)
        }
      }
    const targets = fleet(60)
    const remaining = async () => targets.filter((target) => !owner.has(target))
    const workers = ['one', 'two']
    const results = await Promise.all(
      ['first', 'second'].map((run) => roll(targets, claim(run), { workers, remaining, busyMs: 10_000 })),
    )
    expect(results.flatMap(({ done }) => done).toSorted()).toEqual(targets)
    for (const { done, moved, failures, skipped } of results) {
      expect([...done, ...moved].toSorted()).toEqual(targets)
      expect([...failures, ...skipped]).toEqual([])
    }
  })
})

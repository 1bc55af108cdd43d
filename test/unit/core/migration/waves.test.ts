import { describe, expect, test } from 'vitest'
import { assignWaves, type Candidate, isToStop, type WavePolicy } from '../../../../src/core/migration/waves.ts'

const company = (name: string, about: Partial<Candidate> = {}): Candidate => ({
  company: name,
  tier: 'free',
  labels: {},
  ...about,
})

const fleet = (count: number, prefix = 'c'): Candidate[] =>
  Array.from({ length: count }, (_, index) => company(`${prefix}${index}`))

/** The companies of each wave, in the order of the waves. */
const divide = (candidates: readonly Candidate[], ...policies: WavePolicy[]): Record<string, string[]> =>
  Object.fromEntries(
    assignWaves(candidates, policies).map(({ policy, companies }) => [policy.name, [...companies].toSorted()]),
  )

describe('given no policy', () => {
  test('all companies are one wave, the rest', () => {
    expect(divide([company('a'), company('b')])).toEqual({ rest: ['a', 'b'] })
  })

  test('without companies there is no wave', () => {
    expect(assignWaves([], [{ name: 'canary' }])).toEqual([])
  })
})

describe('given policies', () => {
  const europe = company('a', { labels: { region: 'eu', kind: 'test' } })
  const paying = company('b', { tier: 'pro', labels: { region: 'eu' } })
  const large = company('c', { tier: 'enterprise', labels: { region: 'us' } })
  const all = [europe, paying, large]

  test('a company belongs to the first that takes it', () => {
    const waves = assignWaves(all, [
      { name: 'one', companies: ['b'] },
      { name: 'two', labels: { region: 'eu' } },
    ])
    expect(waves.map(({ policy }) => policy.name)).toEqual(['one', 'two', 'rest'])
    expect(waves.map(({ companies }) => [...companies])).toEqual([['b'], ['a'], ['c']])
  })

  test('those that nobody takes come last, and only where there are some', () => {
    expect(divide(all, { name: 'canary', companies: ['c'] })).toEqual({ canary: ['c'], rest: ['a', 'b'] })
    expect(divide(all, { name: 'everybody' })).toEqual({ everybody: ['a', 'b', 'c'] })
  })

  test('waves that nobody is in are left out', () => {
    expect(divide(all, { name: 'gone', companies: ['z'] }, { name: 'canary', companies: ['a'] })).toEqual({
      canary: ['a'],
      rest: ['b', 'c'],
    })
  })

  test.each<[string, Omit<WavePolicy, 'name'>, string[]]>([
    ['companies', { companies: ['c', 'a', 'z'] }, ['a', 'c']],
    ['no company at all', { companies: [] }, []],
    ['one of several tiers', { tiers: ['pro', 'enterprise'] }, ['b', 'c']],
    ['a label', { labels: { region: 'eu' } }, ['a', 'b']],
    ['every one of several labels', { labels: { region: 'eu', kind: 'test' } }, ['a']],
    ['a tier and a label', { tiers: ['pro', 'enterprise'], labels: { region: 'eu' } }, ['b']],
    ['companies, a tier and a label', { companies: ['a', 'b'], tiers: ['free'], labels: { region: 'eu' } }, ['a']],
    ['what contradicts itself', { companies: ['a'], tiers: ['pro'] }, []],
    ['a label that is nobody’s own', { labels: { toString: 'eu' } }, []],
  ])('a wave of %s', (_, policy, expected) => {
    expect(divide(all, { name: 'wave', ...policy }).wave ?? []).toEqual(expected)
  })

  test('a wave keeps what it says of its pace', () => {
    const policy = { name: 'canary', companies: ['a'], connections: 1, pauseMs: 5_000, approval: true }
    expect(assignWaves(all, [policy])[0]?.policy).toEqual(policy)
  })
})

describe('given a percentage', () => {
  const taken = (candidates: readonly Candidate[], percentage: number): string[] =>
    divide(candidates, { name: 'wave', percentage }).wave ?? []

  test.each([
    [1, 1, 1],
    [10, 1, 1],
    [100, 1, 1],
    [101, 1, 2],
    [3, 50, 2],
    [10, 33, 4],
    [1_000, 0.1, 1],
    [1_001, 0.1, 2],
    [7, 100, 7],
  ])('of %i companies %d %% are %i, rounded up', (count, percentage, expected) => {
    expect(taken(fleet(count), percentage)).toHaveLength(expected)
  })

  test('it takes the same ones each time, in whatever order they come', () => {
    const companies = fleet(50)
    expect(taken(companies.toReversed(), 10)).toEqual(taken(companies, 10))
  })

  test('a larger one takes those of a smaller one, and more', () => {
    const companies = fleet(50)
    expect(taken(companies, 30)).toEqual(expect.arrayContaining(taken(companies, 10)))
  })

  test('it does not go by names: a fleet of two kinds is drawn from both', () => {
    const companies = [...fleet(100, 'a'), ...fleet(100, 'z')]
    expect(new Set(taken(companies, 20).map((name) => name[0]))).toEqual(new Set(['a', 'z']))
  })

  test('it is one of what the other conditions leave', () => {
    const companies = [...fleet(90), ...fleet(10, 'p').map((candidate) => ({ ...candidate, tier: 'pro' as const }))]
    const wave = divide(companies, { name: 'wave', tiers: ['pro'], percentage: 20 }).wave
    expect(wave).toHaveLength(2)
    expect(wave?.every((name) => name.startsWith('p'))).toBe(true)
  })

  test('it is one of what earlier waves leave', () => {
    const {
      canary = [],
      half = [],
      rest = [],
    } = divide(fleet(10), { name: 'canary', companies: ['c0', 'c1'] }, { name: 'half', percentage: 50 })
    expect([canary.length, half.length, rest.length]).toEqual([2, 4, 4])
    expect([...canary, ...half, ...rest].toSorted()).toEqual(fleet(10).map((candidate) => candidate.company))
  })
})

describe('given a rule to stop', () => {
  test('without a failure no rule stops', () => {
    expect(isToStop({ failures: 1, failureRate: 0 }, 0, 10)).toBe(false)
  })

  test('without a rule no failure stops', () => {
    expect(isToStop({}, 10, 10)).toBe(false)
  })

  test('so many failures stop', () => {
    expect([1, 2, 3].map((failed) => isToStop({ failures: 2 }, failed, 100))).toEqual([false, true, true])
  })

  test('more than a part of the wave stops, that part itself does not', () => {
    expect([10, 11].map((failed) => isToStop({ failureRate: 0.1 }, failed, 100))).toEqual([false, true])
    expect(isToStop({ failureRate: 0 }, 1, 100)).toBe(true)
  })

  test('whichever comes first', () => {
    expect(isToStop({ failures: 5, failureRate: 0.5 }, 3, 4)).toBe(true)
    expect(isToStop({ failures: 5, failureRate: 0.5 }, 5, 100)).toBe(true)
    expect(isToStop({ failures: 5, failureRate: 0.5 }, 4, 100)).toBe(false)
  })
})

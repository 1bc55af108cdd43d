import { describe, expect, test } from 'vitest'
import { type Selection, selectFrom } from '../../../../src/core/migration/selection.ts'
import type { Wave } from '../../../../src/core/migration/waves.ts'

const wave = (name: string, ...companies: string[]): Wave => ({ policy: { name }, companies: new Set(companies) })

const waves = [wave('canary', 'a', 'b'), wave('rest', 'c', 'd')]

const select = (selection: Selection): Record<string, string[]> =>
  Object.fromEntries(selectFrom(waves, selection).map(({ policy, companies }) => [policy.name, [...companies]]))

describe('given companies in two waves', () => {
  test.each<[string, Selection, Record<string, string[]>]>([
    ['nothing', {}, { canary: ['a', 'b'], rest: ['c', 'd'] }],
    ['companies of both', { tenants: ['d', 'a'] }, { canary: ['a'], rest: ['d'] }],
    ['one company twice', { tenants: ['c', 'c'] }, { rest: ['c'] }],
    ['all but some', { exclude: ['a', 'c'] }, { canary: ['b'], rest: ['d'] }],
    ['all but a whole wave', { exclude: ['a', 'b'] }, { rest: ['c', 'd'] }],
    ['a wave', { waves: ['rest'] }, { rest: ['c', 'd'] }],
    ['waves in another order', { waves: ['rest', 'canary'] }, { canary: ['a', 'b'], rest: ['c', 'd'] }],
    ['a company of another wave', { tenants: ['a'], waves: ['rest'] }, {}],
    ['a company that is excluded', { tenants: ['a', 'b'], exclude: ['a'] }, { canary: ['b'] }],
    ['a wave but for a company', { waves: ['canary'], exclude: ['a', 'd'] }, { canary: ['b'] }],
    ['no company', { tenants: [] }, {}],
  ])('when %s is selected', (_, selection, expected) => {
    expect(select(selection)).toEqual(expected)
  })

  test.each<[string, Selection]>([
    ['selected', { tenants: ['a', 'z'] }],
    ['excluded', { exclude: ['z'] }],
  ])('when a company is %s that there is none of, then DBS-1203', (_, selection) => {
    expect(() => select(selection)).toThrow(expect.objectContaining({ code: 'DBS-1203', details: { company: 'z' } }))
  })

  test('when a wave is selected that nobody is in, then DBS-1308 says which there are', () => {
    expect(() => select({ waves: ['canary', 'late'] })).toThrow(
      expect.objectContaining({ code: 'DBS-1308', details: { wave: 'late', known: ['canary', 'rest'] } }),
    )
  })
})

import { expect, test } from 'vitest'
import {
  canonicalJson,
  differencesBetween,
  mapTexts,
  narrowedTo,
} from '../../../../../src/engines/arango/migration/json.ts'
import { comparableLinks } from '../../../../../src/engines/arango/migration/objects/view-links.ts'

test('differences are named by their path, whatever the order of members', () => {
  expect(differencesBetween({ a: { b: 1, c: [1, { d: 2 }] } }, { a: { c: [1, { d: 2 }], b: 1 } })).toEqual([])
  expect(differencesBetween({ a: { b: 1 }, e: [1, 2] }, { a: { b: '1', c: 2 }, e: [2, 1] })).toEqual([
    'a.b is "1", asked for 1',
    'a.c is 2, asked for absent',
    'e is [2,1], asked for [1,2]',
  ])
})

test('what only the server knows is no difference, what it lacks is', () => {
  expect(narrowedTo({ a: 1, b: { c: 2 } }, { a: 1, b: { c: 3, d: 4 }, e: 5 })).toEqual({ a: 1, b: { c: 3 } })
  expect(narrowedTo({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }] })).toEqual({ a: [{ b: 1 }] })
  expect(narrowedTo({ a: [1] }, { a: [1, 2] })).toEqual({ a: [1, 2] })
  expect(differencesBetween({ a: 1 }, narrowedTo({ a: 1 }, {}))).toEqual(['a is absent, asked for 1'])
})

test('a text is replaced in values, never in names', () => {
  expect(mapTexts({ '{company}': ['{company}', 1, null] }, (text) => text.replaceAll('{company}', 'abc'))).toEqual({
    '{company}': ['abc', 1, null],
  })
})

test('links are the same however much of the defaults is written out', () => {
  const short = { notes: { fields: { title: {}, text: { analyzers: ['words'] } } } }
  const long = {
    notes: {
      analyzers: ['identity'],
      includeAllFields: false,
      storeValues: 'none',
      trackListPositions: false,
      fields: { text: { analyzers: ['words'], includeAllFields: false }, title: { analyzers: ['identity'] } },
    },
  }
  expect(canonicalJson(comparableLinks(short))).toBe(canonicalJson(comparableLinks(long)))
  const other = { notes: { ...short.notes, includeAllFields: true } }
  expect(canonicalJson(comparableLinks(other))).not.toBe(canonicalJson(comparableLinks(short)))
})

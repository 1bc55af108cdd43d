import { expect, test } from 'vitest'
import { type FingerprintedTarget, groupByVersion, majorityOf } from '../../../../src/core/structure/groups.ts'

const target = (company: string, fingerprint: string, version = '0001', login = false): FingerprintedTarget => ({
  company,
  version,
  history: `history of ${version}`,
  login,
  fingerprint,
})

test('given companies of several versions, then each version is a group, older ones first', () => {
  const groups = groupByVersion([
    target('a', 'x', '10'),
    target('b', 'y', '9'),
    target('c', 'x', '10', true),
    target('d', 'y', ''),
  ])
  expect(groups.map(({ version, login }) => [version, login])).toEqual([
    ['', false],
    ['9', false],
    ['10', false],
    ['10', true],
  ])
})

test('given versions beyond 2^53, then their order is exact', () => {
  const groups = groupByVersion([target('a', 'x', '20260101000000002'), target('b', 'x', '20260101000000001')])
  expect(groups.map(({ version }) => version)).toEqual(['20260101000000001', '20260101000000002'])
})

test('given more than half alike, then these are the majority; the most frequent come first', () => {
  const [group] = groupByVersion([target('a', 'odd'), target('b', 'same'), target('c', 'same')])
  expect(group?.alike).toEqual([
    { fingerprint: 'same', companies: ['b', 'c'] },
    { fingerprint: 'odd', companies: ['a'] },
  ])
  expect(group && majorityOf(group)).toEqual({ fingerprint: 'same', companies: ['b', 'c'] })
})

test('given half and half, or a single company, then there is no majority', () => {
  const [half] = groupByVersion([target('a', 'x'), target('b', 'y')])
  const [single] = groupByVersion([target('a', 'x')])
  expect(half && majorityOf(half)).toBeUndefined()
  expect(single && majorityOf(single)).toBeUndefined()
})

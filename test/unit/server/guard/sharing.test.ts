import { expect, test } from 'vitest'
import type { Surroundings } from '../../../../src/engines/postgres/guard/surroundings.ts'
import { createSharing } from '../../../../src/server/guard/sharing.ts'

const users = { tag: 'users', opaque: false, along: ['orders'], triggers: false }
const of = (company: string, own: Surroundings['own'] = new Map([['users', { ...users }]])): Surroundings => ({
  company,
  own,
  shared: new Map([['rates', { tag: 'public.rates', opaque: false, along: [], triggers: false }]]),
  functions: new Map([['margin_of', 'stable']]),
})

test('companies that may name the same have it once, each under its own name', () => {
  const share = createSharing()
  const [abc, xyz] = [share(of('abc')), share(of('xyz'))]
  expect([abc, xyz]).toEqual([of('abc'), of('xyz')])
  expect(xyz.own).toBe(abc.own)
  expect(xyz.shared).toBe(abc.shared)
  expect(xyz.functions).toBe(abc.functions)
})

test.each([
  ['another relation', new Map([['orders', users]])],
  ['one more', new Map([...of('abc').own, ['orders', users]])],
  ['one that differs in something', new Map([['users', { ...users, triggers: true }]])],
  ['none', new Map()],
])('a company with %s keeps its own', (_, own) => {
  const share = createSharing()
  share(of('abc'))
  expect(share(of('xyz', own))).toEqual(of('xyz', own))
})

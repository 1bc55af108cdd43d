import { expect, test } from 'vitest'
import { type Blocker, describeBlocker } from '../../../../src/core/run/blocker.ts'

const report: Blocker = {
  pid: 4711,
  application: 'nightly report',
  user: 'analyst',
  company: 'company_abc',
  ageMs: 61_499,
  statement: 'select *\n  from orders',
}

test('who is in the way, of whom, since when and with what, in one line', () => {
  expect(describeBlocker(report)).toBe(
    'backend 4711 (analyst, nightly report) on company_abc, in a transaction for 61 s: select * from orders',
  )
})

test('without a name of its own a session goes by its user', () => {
  expect(describeBlocker({ ...report, application: '' })).toContain('backend 4711 (analyst) on company_abc')
})

test('a lock that is no company’s is on nobody', () => {
  expect(describeBlocker({ ...report, company: null })).toContain('nightly report), in a transaction')
})

import { expect, test } from 'vitest'
import { bindStatement } from '../../../../../src/engines/postgres/context/statement.ts'

test('values are converted before anything is sent', () => {
  const { values } = bindStatement({ text: 'select $1', values: [null, 1, 'a', [1, 'b'], { c: 1 }, Buffer.from('d')] })
  expect(values).toEqual([null, '1', 'a', '{"1","b"}', '{"c":1}', Buffer.from('d')])
})

const circular: Record<string, unknown> = {}
circular.self = circular

function refuse(): never {
  throw new Error('no')
}

test.each([
  ['a zero byte, which would end the statement early', { text: 'select 1\0 select 2' }, '22021'],
  ['more parameters than the protocol counts', { text: 'select 1', values: new Array(65_536).fill(1) }, '54023'],
  ['a value that is no JSON', { text: 'select $1', values: [circular] }, '22023'],
  ['a date that is none', { text: 'select $1', values: [new Date('no')] }, '22023'],
  ['a value that cannot be converted', { text: 'select $1', values: [{ toPostgres: () => refuse() }] }, '22023'],
])('refuses %s', (_, statement, code) => {
  expect(() => bindStatement(statement)).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['select 1', true],
  ['with x as (select 1) select * from x', true],
  ['merge into t using s on true when matched then delete', true],
  ['execute x', false],
  ['explain select 1', false],
  ['', false],
])('%j is plain: %s', (text, plain) => {
  expect(bindStatement({ text }).plain).toBe(plain)
})

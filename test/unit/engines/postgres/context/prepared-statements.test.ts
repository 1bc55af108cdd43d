import { expect, test } from 'vitest'
import { PreparedStatements } from '../../../../../src/engines/postgres/context/prepared-statements.ts'

test('names cannot be guessed from another connection', () => {
  const [one, other] = [new PreparedStatements(), new PreparedStatements()]
  expect(one.enter).not.toBe(other.enter)
  expect(one.prepare('alpha', 'select 1').name).not.toBe(other.prepare('alpha', 'select 1').name)
  expect(one.enter).toMatch(/^[0-9a-f]{24}_/)
})

test('each company has its own, and it is parsed once', () => {
  const prepared = new PreparedStatements()
  const first = prepared.prepare('alpha', 'select 1')
  expect(first.parse).toBe(true)
  prepared.keep(first.name)
  expect(prepared.prepare('alpha', 'select 1')).toMatchObject({ name: first.name, parse: false })
  expect(prepared.prepare('beta', 'select 1').name).not.toBe(first.name)
})

test('the least recently used one makes room', () => {
  const prepared = new PreparedStatements()
  const names = Array.from({ length: 500 }, (_, n) => prepared.prepare('alpha', `select ${n}`).name)
  for (const name of names) prepared.keep(name)
  prepared.prepare('alpha', 'select 0')
  expect(prepared.prepare('alpha', 'select 500').close).toBe(names[1])
  expect(prepared.prepare('alpha', 'select 0')).toMatchObject({ name: names[0], parse: false })
})

test('one that the server no longer accepts is parsed again under a new name', () => {
  const prepared = new PreparedStatements()
  const { name } = prepared.prepare('alpha', 'select 1')
  prepared.keep(name)
  prepared.forget('alpha', 'select 1')
  const again = prepared.prepare('alpha', 'select 1')
  expect(again.name).not.toBe(name)
  expect(again.parse).toBe(true)
})

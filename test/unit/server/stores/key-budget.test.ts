import { expect, test } from 'vitest'
import { createKeyBudget } from '../../../../src/server/stores/key-budget.ts'

/** A budget of 10 over a count that says what it is told. */
function given(first: number) {
  const server = { keys: first, counts: 0, now: 0, takesMs: 0, fails: false, meanwhile: () => {} }
  const budget = createKeyBudget({
    async count() {
      server.counts += 1
      server.now += server.takesMs
      server.meanwhile()
      if (server.fails) throw new Error('nobody is there')
      return server.keys
    },
    now: () => server.now,
  })
  return {
    server,
    ...budget,
    hasRoom: () => budget.hasRoom('abc', 10),
    note: (keys: number) => budget.note('abc', keys),
  }
}

const settle = () => new Promise(setImmediate)

test('counts once, and goes by what is made and removed after that', async () => {
  const { server, hasRoom, note } = given(9)
  expect(await hasRoom()).toBe(true)
  note(1)
  expect(await hasRoom()).toBe(false)
  note(-1)
  expect(await hasRoom()).toBe(true)
  expect(server.counts).toBe(1)
})

test('counts again when half of the room is used up, so that nobody waits for it', async () => {
  const { server, hasRoom, note } = given(0)
  await hasRoom()
  note(4)
  server.now += 1_000
  await hasRoom()
  expect(server.counts).toBe(1)
  note(1)
  server.keys = 2
  await hasRoom()
  await settle()
  expect(server.counts).toBe(2)
  note(7)
  expect(await hasRoom()).toBe(true)
  note(1)
  expect(await hasRoom()).toBe(false)
})

test('finds what went by itself, as soon as a count is due', async () => {
  const { server, hasRoom } = given(10)
  server.takesMs = 500
  expect(await hasRoom()).toBe(false)
  server.keys = 3
  server.now += 9_999
  expect(await hasRoom()).toBe(false)
  server.now += 1
  expect(await hasRoom()).toBe(true)
})

test('keeps what is made while keys are counted', async () => {
  const { server, hasRoom, note } = given(9)
  await Promise.all([hasRoom(), hasRoom()])
  expect(server.counts).toBe(1)
  note(1)
  server.now += 1_000
  server.keys = 0
  server.meanwhile = () => note(10)
  expect(await hasRoom()).toBe(false)
  expect(server.counts).toBe(2)
})

test('lets everybody through where nothing can be counted, and goes on by what was known', async () => {
  const { server, hasRoom, note } = given(10)
  server.fails = true
  expect(await hasRoom()).toBe(true)
  server.now += 1_000
  server.fails = false
  expect(await hasRoom()).toBe(false)
  server.now += 1_000
  server.fails = true
  expect(await hasRoom()).toBe(false)
  note(-1)
  expect(await hasRoom()).toBe(true)
})

import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createLastKnown } from '../../../src/server/last-known.ts'

class NoSuchThing extends Error {}

/** Something that counts how often it is asked, and answers as it is told to. */
function givenLastKnown({ freshMs, staleForMs }: { freshMs: number; staleForMs: number }, waitAfterMs = freshMs) {
  const asked = { times: 0, answer: (key: string): Promise<string> => Promise.resolve(`${key}1`) }
  const known = createLastKnown({
    load(key) {
      asked.times += 1
      return asked.answer(key)
    },
    isAnswer: (error) => error instanceof NoSuchThing,
    most: 10,
    freshMs,
    waitAfterMs,
    staleForMs,
  })
  return { asked, get: async (key: string, waitAfter?: number) => known.get(key, waitAfter), outdate: known.outdate }
}

test('asks once while what is known is fresh, and at once for all who wait', async () => {
  const { asked, get } = givenLastKnown({ freshMs: 50, staleForMs: 0 })
  expect(await Promise.all([get('a'), get('a')])).toEqual(['a1', 'a1'])
  expect(await get('a')).toBe('a1')
  expect(asked.times).toBe(1)
  await wait(60)
  asked.answer = async () => 'later'
  expect([await get('a'), asked.times]).toEqual(['later', 2])
  expect([await get('a', -1), asked.times]).toEqual(['later', 3])
})

test('asks in the background for what is not quite fresh any more', async () => {
  const { asked, get } = givenLastKnown({ freshMs: 10, staleForMs: 0 }, 10_000)
  await get('a')
  await wait(20)
  asked.answer = async () => 'later'
  expect([await get('a'), asked.times]).toEqual(['a1', 2])
  await wait(1)
  expect([await get('a'), asked.times]).toEqual(['later', 2])
})

test('goes on with what is known while nobody answers, for so long', async () => {
  const { asked, get } = givenLastKnown({ freshMs: 20, staleForMs: 300 })
  await get('a')
  asked.answer = () => Promise.reject(new Error('silence'))
  await wait(30)
  expect([await get('a'), await get('a'), await get('a')]).toEqual(['a1', 'a1', 'a1'])
  expect(asked.times).toBe(2)
  await expect(get('b')).rejects.toThrow('silence')
  await wait(320)
  await expect(get('a')).rejects.toThrow('silence')
})

test('takes an answer for one, even that there is nothing', async () => {
  const { asked, get } = givenLastKnown({ freshMs: 0, staleForMs: 10_000 })
  await get('a')
  asked.answer = () => Promise.reject(new NoSuchThing())
  await wait(5)
  await expect(get('a')).rejects.toThrow(NoSuchThing)
})

test('waits once for who says nothing at all, and not with every request', async () => {
  const { asked, get } = givenLastKnown({ freshMs: 0, staleForMs: 60_000 })
  await get('a')
  asked.answer = () => new Promise(() => {})
  await wait(5)
  const begun = performance.now()
  expect(await get('a')).toBe('a1')
  expect(performance.now() - begun).toBeGreaterThan(2_000)
  const again = performance.now()
  expect(await get('a')).toBe('a1')
  expect(performance.now() - again).toBeLessThan(200)
}, 10_000)

test('waits for what was outdated by a hint, once a second at most', async () => {
  const { asked, get, outdate } = givenLastKnown({ freshMs: 60_000, staleForMs: 0 })
  await get('a')
  asked.answer = async () => 'later'
  outdate()
  expect([await get('a'), asked.times]).toEqual(['a1', 1])
  await wait(1_050)
  expect([await get('a'), asked.times]).toEqual(['later', 2])
  expect([await get('a'), asked.times]).toEqual(['later', 2])
})

import { expect, test } from 'vitest'
import { FairQueue } from '../../../../../src/engines/postgres/context/fair-queue.ts'
import { Shares } from '../../../../../src/engines/postgres/context/shares.ts'

const queueOf = (...waiting: readonly (readonly [company: string, name: string])[]): FairQueue<string> => {
  const queue = new FairQueue<string>()
  for (const [company, name] of waiting) queue.add(company, name)
  return queue
}

test('companies take turns, however many wait of one', () => {
  const queue = queueOf(['a', 'a1'], ['a', 'a2'], ['a', 'a3'], ['b', 'b1'], ['c', 'c1'], ['b', 'b2'])
  const order = Array.from({ length: 6 }, () => queue.next(() => 0))
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect([queue.next(() => 0), queue.size]).toEqual([undefined, 0])
})

test('a company that has less goes before one that has more, and one that may not have more waits', () => {
  const queue = queueOf(['full', 'f1'], ['busy', 'b1'], ['calm', 'c1'])
  const has = { full: null, busy: 2, calm: 1 } as const
  const take = () => queue.next((company) => has[company as keyof typeof has])
  expect([take(), take(), take()]).toEqual(['c1', 'b1', undefined])
  expect(queue.waitingOf('full')).toBe(1)
})

test('one that gave up is passed over', () => {
  const queue = queueOf(['a', 'a1'], ['a', 'a2'])
  queue.remove('a', 'a1')
  queue.remove('a', 'a1')
  expect([queue.size, queue.next(() => 0), queue.size]).toEqual([1, 'a2', 0])
})

test('a company has at most its share, and what is reserved for others is left', () => {
  const shares = new Shares({ max: 6, maxPerCompany: 4, reservedPerCompany: 1 })
  const takeAll = (company: string): number => {
    let taken = 0
    for (; shares.allowanceOf(company) > 0; taken += 1) shares.take(company)
    return taken
  }
  expect(takeAll('a')).toBe(4)
  expect(takeAll('b')).toBe(1)
  expect(takeAll('c')).toBe(1)
  expect(takeAll('d')).toBe(0)
  shares.giveBack('a')
  expect([shares.allowanceOf('a'), shares.allowanceOf('d')]).toEqual([0, 1])
})

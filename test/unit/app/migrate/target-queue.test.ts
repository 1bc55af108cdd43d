import { describe, expect, test } from 'vitest'
import { TargetQueue } from '../../../../src/app/migrate/target-queue.ts'

const targets = ['a', 'b', 'c', 'd', 'e']

describe('given targets', () => {
  test('they are taken off the head, as many as are wanted', () => {
    const queue = new TargetQueue(targets)
    expect(queue.take(2, 0)).toEqual(['a', 'b'])
    expect(queue.take(9, 0)).toEqual(['c', 'd', 'e'])
    expect(queue.take(1, 0)).toEqual([])
    expect(queue.nextDue).toBeUndefined()
  })

  test('the list they came in is left as it is', () => {
    new TargetQueue(targets).take(5, 0)
    expect(targets).toHaveLength(5)
  })
})

describe('given targets that must wait', () => {
  test('they come when they are due, and not before', () => {
    const queue = new TargetQueue([])
    queue.defer('late', 200)
    queue.defer('soon', 100)
    expect(queue.nextDue).toBe(100)
    expect(queue.take(5, 99)).toEqual([])
    expect(queue.take(5, 100)).toEqual(['soon'])
    expect(queue.nextDue).toBe(200)
    expect(queue.take(5, 1_000)).toEqual(['late'])
    expect(queue.nextDue).toBeUndefined()
  })

  test('each comes alone, so that its failure is its own', () => {
    const queue = new TargetQueue([])
    for (const target of targets) queue.defer(target, 0)
    expect(targets.map(() => queue.take(5, 1))).toEqual(targets.map((target) => [target]))
  })

  test('those that wait for nothing go before them', () => {
    const queue = new TargetQueue(['a', 'b'])
    queue.defer('due', 0)
    expect(queue.take(1, 10)).toEqual(['a'])
    expect(queue.take(1, 10)).toEqual(['b'])
    expect(queue.take(1, 10)).toEqual(['due'])
  })
})

describe('given another run at work on the same targets', () => {
  test.each([
    [0, ['a', 'b', 'c', 'd', 'e']],
    [0.5, ['c', 'd', 'e', 'a', 'b']],
    [0.999, ['e', 'a', 'b', 'c', 'd']],
  ])('a turn of %d goes on at another place and loses nobody', (random, expected) => {
    const queue = new TargetQueue(targets)
    queue.rotate(() => random)
    expect(queue.take(9, 0)).toEqual(expected)
  })

  test('what that run has moved is left out, and told', () => {
    const queue = new TargetQueue(targets)
    expect(queue.keep(new Set(['b', 'd', 'z']))).toEqual(['a', 'c', 'e'])
    expect(queue.take(9, 0)).toEqual(['b', 'd'])
    expect(queue.keep(new Set())).toEqual([])
  })
})

import { expect, test, vi } from 'vitest'
import { createClientPool } from '../../../../src/server/stores/client-pool.ts'

interface Client {
  readonly company: string
  isOpen: boolean
}

function givenPool(most = 2) {
  const opened: Client[] = []
  const pool = createClientPool<Client>({
    async open(company) {
      if (company === 'refused') throw new Error('no such user')
      const client = { company, isOpen: true }
      opened.push(client)
      return client
    },
    isUsable: ({ isOpen }) => isOpen,
    close(client) {
      client.isOpen = false
    },
    most,
    idleMs: 1_000,
  })
  const names = () => opened.map(({ company, isOpen }) => (isOpen ? company : `(${company})`))
  const visit = (company: string) => pool.use(company, 'pool', async (client) => client.company)
  return { pool, opened, names, visit }
}

test('shares one client among the requests of a company, whoever opens it', async () => {
  const { names, visit } = givenPool()
  expect(await Promise.all(['a', 'a', 'b', 'a'].map(visit))).toEqual(['a', 'a', 'b', 'a'])
  expect(names()).toEqual(['a', 'b'])
})

test('goes the direct way with an open client alone', async () => {
  const { pool, visit } = givenPool()
  const direct = () => pool.use('a', 'direct', async (client) => client.company)
  await expect(direct()).rejects.toMatchObject({ code: 'DBS-2301' })
  await visit('a')
  expect(await direct()).toBe('a')
})

test('closes the one that was used longest ago for a newcomer, and none that is at work', async () => {
  const { pool, names, visit } = givenPool()
  await visit('a')
  await visit('b')
  await visit('a')
  await visit('c')
  expect(names()).toEqual(['a', '(b)', 'c'])
  await pool.use('a', 'pool', () =>
    pool.use('c', 'pool', async () => {
      await expect(visit('d')).rejects.toMatchObject({ code: 'DBS-2301' })
    }),
  )
  expect(pool.size()).toBe(2)
})

test('opens another one for one that broke, or that never came about', async () => {
  const { pool, opened, names, visit } = givenPool()
  await visit('a')
  if (opened[0] !== undefined) opened[0].isOpen = false
  await visit('a')
  expect(names()).toEqual(['(a)', 'a'])
  await expect(visit('refused')).rejects.toThrow('no such user')
  await expect(visit('refused')).rejects.toThrow('no such user')
  expect(pool.size()).toBe(1)
})

test('closes what is idle, and everything at the end', async () => {
  vi.useFakeTimers()
  try {
    const { pool, names, visit } = givenPool()
    await visit('a')
    await vi.advanceTimersByTimeAsync(900)
    await visit('a')
    await vi.advanceTimersByTimeAsync(900)
    expect(names()).toEqual(['a'])
    await vi.advanceTimersByTimeAsync(200)
    expect(names()).toEqual(['(a)'])
    await visit('b')
    await pool.close()
    expect([names(), pool.size()]).toEqual([['(a)', '(b)'], 0])
  } finally {
    vi.useRealTimers()
  }
})

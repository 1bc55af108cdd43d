import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ContextPool } from '../../src/engines/postgres/context/pool.ts'
import type { Statement } from '../../src/engines/postgres/context/statement.ts'
import { claimsOf, createSetting, refusal, type Setting } from '../attack/signed-context/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await createSetting()
})

const [alpha, beta] = [claimsOf('alpha'), claimsOf('beta')]
/** May wait for a lock for as long as it takes. */
const patient = { ...alpha, limits: { ...alpha.limits, statementTimeoutMs: 60_000, lockTimeoutMs: 60_000 } }
const one = { text: 'select 1 as one', prepare: true }
/** Statements of alpha that ask its users wait until it is rolled back. */
async function holdUsers(): Promise<Client> {
  const holder = await setting.database.connect()
  await holder.query('begin; lock table tenant_alpha.users in access exclusive mode')
  return holder
}

const sleep = (seconds: number) => ({ text: `select pg_sleep(${seconds})` })

describe('given a company that floods with 200 slow statements at once', () => {
  const flood = (pool: ContextPool, statement: Statement, claims = alpha) =>
    Array.from({ length: 200 }, () => pool.query(claims, statement))

  test('when another asks, then it waits for none of them', async () => {
    const pool = setting.openPool({ max: 6, maxPerCompany: 4, reservedPerCompany: 1, waitMs: 60_000 })
    const holder = await holdUsers()
    let ended = 0
    const flooding = flood(pool, { text: 'select count(*) from users' }, patient).map((query) =>
      query.finally(() => {
        ended += 1
      }),
    )
    const outcomes = Promise.allSettled(flooding)
    for (let n = 0; n < 40; n += 1) expect((await pool.query(beta, one)).rows).toEqual([{ one: 1 }])
    expect(ended).toBe(0)
    expect(pool.counts().waiting).toBeGreaterThanOrEqual(200 - 4)
    await holder.query('rollback')
    expect((await outcomes).every(({ status }) => status === 'fulfilled')).toBe(true)
  })

  test('when its queue is full, then the rest is told when to come again, and nothing was sent', async () => {
    const pool = setting.openPool({ max: 2, maxPerCompany: 1, waitingPerCompany: 5, waitMs: 20_000 })
    const outcomes = await Promise.allSettled(flood(pool, sleep(0.2)))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toHaveLength(200 - 5)
    expect(refused[0]).toMatchObject({ code: 'DBS-2302', details: { company: 'alpha', retryAfterSeconds: 1 } })
  })
})

describe('given one connection that has served alpha', () => {
  test('when alpha asks for it directly, then it has it, and beta has not', async () => {
    const pool = setting.openPool()
    const direct = { way: 'direct' } as const
    expect(await refusal(pool.query(alpha, one, direct))).toMatchObject({ code: 'DBS-2301' })
    await pool.query(alpha, one)
    expect((await pool.query(alpha, one, direct)).rows).toEqual([{ one: 1 }])
    expect(await refusal(pool.query(beta, one, direct))).toMatchObject({ code: 'DBS-2301' })
    await pool.query(beta, one)
    // It has kept alpha's statement.
    expect((await pool.query(alpha, one, direct)).rows).toEqual([{ one: 1 }])
  })

  test('when it is in use, then there is none directly, and the pool waits for it', async () => {
    const pool = setting.openPool()
    await pool.query(alpha, one)
    const slow = pool.query(alpha, sleep(0.2))
    expect(await refusal(pool.query(alpha, one, { way: 'direct' }))).toMatchObject({ code: 'DBS-2301' })
    expect((await pool.query(alpha, one)).rows).toEqual([{ one: 1 }])
    await slow
  })
})

test('each company goes to the connection that knows it', async () => {
  const pool = setting.openPool({ max: 2 })
  const pid = { text: 'select pg_backend_pid() as pid', prepare: true }
  const holder = await holdUsers()
  const held = pool.query(patient, { text: 'select pg_backend_pid() as pid, (select count(*) from users)' })
  await expect.poll(() => pool.counts()).toEqual({ open: 1, idle: 0, waiting: 0 })
  const pidOf = async (company: string) => (await pool.query(claimsOf(company), pid)).rows[0]?.pid
  const second = await pidOf('beta')
  await holder.query('rollback')
  const first = (await held).rows[0]?.pid
  expect(first).not.toBe(second)
  for (const _ of [1, 2, 3]) expect([await pidOf('alpha'), await pidOf('beta')]).toEqual([first, second])
})

describe('a pool that nobody uses', () => {
  test('closes its connections but for the fewest it is to keep', async () => {
    const pool = setting.openPool({ max: 4, min: 1, idleMs: 200 })
    const holder = await holdUsers()
    const held = [1, 2, 3].map(() => pool.query(patient, { text: 'select count(*) from users' }))
    await expect.poll(() => pool.counts().open).toBe(3)
    await holder.query('rollback')
    await Promise.all(held)
    await expect.poll(() => pool.counts()).toEqual({ open: 1, idle: 1, waiting: 0 })
    const none = setting.openPool({ idleMs: 200, applicationName: 'idle' })
    await none.query(alpha, one)
    await expect.poll(() => none.counts().open).toBe(0)
    await expect
      .poll(async () => {
        const [row] = await setting.database.query<{ count: string }>(
          `select count(*) from pg_stat_activity where application_name = 'idle'`,
        )
        return Number(row?.count)
      })
      .toBe(0)
  })

  test('counts what passes through as no use', async () => {
    const pool = setting.openPool({ idleMs: 600_000, checkMs: 20 })
    const passing = { passing: true }
    expect((await pool.query(alpha, one, passing)).rows).toEqual([{ one: 1 }])
    await expect.poll(() => pool.counts().open).toBe(0)

    const brief = setting.openPool({ idleMs: 500 })
    const pid = async (options = {}) =>
      (await brief.query<{ pid: number }>(alpha, { text: 'select pg_backend_pid() as pid' }, options)).rows[0]?.pid
    const used = await pid()
    await expect.poll(() => pid(passing), { interval: 20, timeout: 20_000 }).not.toBe(used)
  })

  test('finds out that the server went away without a word', async () => {
    const sockets: Socket[] = []
    const proxy = createServer((client) => {
      const server = connect(setting.database.port, setting.database.host)
      sockets.push(client, server)
      for (const socket of [client, server]) socket.on('error', () => {})
      client.pipe(server).pipe(client)
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as AddressInfo
    const pool = setting.openPool({ port, checkMs: 100, cancelMs: 200 })
    await pool.query(alpha, one)
    await wait(300)
    expect(pool.counts().open).toBe(1)
    for (const socket of sockets) socket.unpipe().pause()
    await expect.poll(() => pool.counts().open, { timeout: 5_000 }).toBe(0)
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
})

test('while the server allows no more connections, those there are go round', async () => {
  const limit = (most: number) =>
    setting.database.query(`alter database ${setting.database.database} connection limit ${most}`)
  const [row] = await setting.database.query<{ count: string }>(
    'select count(*) from pg_stat_activity where datname = current_database()',
  )
  await limit(Number(row?.count) + 2)
  try {
    const pool = setting.openPool({ max: 5 })
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => pool.query(alpha, sleep(0.02))))
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
  } finally {
    await limit(-1)
  }
})

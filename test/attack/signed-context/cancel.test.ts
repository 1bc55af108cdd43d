import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ContextPool } from '../../../src/engines/postgres/context/pool.ts'
import { claimsOf, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let pool: ContextPool

beforeAll(async () => {
  setting = await createSetting()
  pool = setting.openPool()
})

const alpha = claimsOf('alpha')
const beta = claimsOf('beta')
const sleep = { text: 'select pg_sleep(20)' }
const working = async (): Promise<number> => {
  const [row] = await setting.database.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and query like '%pg_sleep(20)%'
       and state = 'active' and pid <> pg_backend_pid()`,
  )
  return row?.n ?? 0
}

test('an aborted request rejects with the reason, and the server stops working on it', async () => {
  const abort = new AbortController()
  const request = pool.query(alpha, sleep, { signal: abort.signal })
  const outcome = expect(request).rejects.toThrow('enough')
  await expect.poll(working, { timeout: 10_000 }).toBe(1)
  abort.abort(new Error('enough'))
  await outcome
  expect(await working()).toBe(0)
})

test('aborted before it has a connection, it takes none', async () => {
  await expect(pool.query(alpha, sleep, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

test('aborted while it waits for a connection, it rejects at once and does not run', async () => {
  const first = pool.query(alpha, { text: 'select pg_sleep(2)' })
  const waiting = pool.query(
    alpha,
    { text: `insert into users values ('never', 'n@n', 'free')` },
    { signal: AbortSignal.timeout(50) },
  )
  let done = false
  const finished = first.then(() => {
    done = true
  })
  await expect(waiting).rejects.toThrow(/timeout/)
  expect(done).toBe(false)
  await finished
  expect((await pool.query(alpha, { text: 'select * from users' })).rows).toEqual([])
})

test('done before it was cancelled, it is done', async () => {
  const abort = new AbortController()
  const { rows } = await pool.query(alpha, { text: 'select 1 as one' }, { signal: abort.signal })
  abort.abort()
  expect(rows).toEqual([{ one: 1 }])
})

test('a cancelled batch is not applied', async () => {
  const batch = pool.batch(alpha, [{ text: `insert into users values ('x', 'x@y', 'free')` }, sleep], {
    signal: AbortSignal.timeout(150),
  })
  await expect(batch).rejects.toThrow(/timeout/)
  expect((await pool.query(alpha, { text: 'select * from users' })).rows).toEqual([])
})

test('a cancellation never hits the next request of the connection', async () => {
  for (let round = 0; round < 40; round += 1) {
    const abort = new AbortController()
    const request = pool
      .query(alpha, { text: 'select pg_sleep(0.003)' }, { signal: abort.signal })
      .catch(() => 'cancelled')
    // Around the moment at which the statement ends by itself.
    await delay(2 + (round % 5))
    abort.abort(new Error('enough'))
    const next = await pool.query(beta, { text: 'select pg_sleep(0.005), 7 as seven' })
    expect(next.rows[0]?.seven).toBe(7)
    await request
  }
})

describe('a statement that got rid of its timeout', () => {
  test('is cancelled from here', async () => {
    const short = claimsOf('alpha', { limits: { ...alpha.limits, statementTimeoutMs: 200 } })
    const own = setting.openPool({ graceMs: 100 })
    await setting.database.query('grant execute on function pg_catalog.set_config to public')
    const started = performance.now()
    const text = `with x as materialized (select set_config('statement_timeout', '0', false)) select pg_sleep(20) from x`
    expect(await refusal(own.batch(short, [{ text: 'select 1' }, { text }]))).toMatchObject({ code: '57014' })
    expect(performance.now() - started).toBeLessThan(5_000)
    await setting.database.query('revoke execute on function pg_catalog.set_config from public')
  })
})

describe('where the server does not obey', () => {
  let proxy: Server
  const sockets: Socket[] = []
  let port = 0

  // Forwards sessions and swallows cancel requests, as a firewall or a stuck server would.
  beforeAll(async () => {
    proxy = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.once('data', (first) => {
        if (first.length === 16) return
        const upstream = connect(setting.database.port, setting.database.host)
        sockets.push(upstream)
        upstream.on('error', () => {})
        upstream.write(first)
        socket.pipe(upstream).pipe(socket)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    port = (proxy.address() as { port: number }).port
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })

  test('the connection is destroyed, and the next request has another', async () => {
    const own = setting.openPool({ host: '127.0.0.1', port, cancelMs: 200 })
    const [before] = (await own.query(alpha, { text: 'select pg_backend_pid() as pid' })).rows
    await expect(own.query(alpha, sleep, { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/)
    const [after] = (await own.query(beta, { text: 'select pg_backend_pid() as pid' })).rows
    expect(after?.pid).not.toBe(before?.pid)
  })

  test('so it is when the statement ends by itself meanwhile', async () => {
    const own = setting.openPool({ host: '127.0.0.1', port, cancelMs: 300 })
    const [before] = (await own.query(alpha, { text: 'select pg_backend_pid() as pid' })).rows
    const { rows } = await own.query(
      alpha,
      { text: 'select pg_sleep(0.2), 1 as one' },
      { signal: AbortSignal.timeout(100) },
    )
    expect(rows[0]?.one).toBe(1)
    const [after] = (await own.query(beta, { text: 'select pg_backend_pid() as pid' })).rows
    expect(after?.pid).not.toBe(before?.pid)
  })
})

import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { host } from '../../../src/embedded/free-ports.ts'
import type { Alteration } from '../../support/alterations.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'
import { type Neighbours, techniques } from './pool/connections.ts'
import { openPoolProcess, type PoolProcess } from './runner/pool-process.ts'
import { tally } from './runner/tally.ts'
import type { Told } from './runner/transcript.ts'

let cluster: Cluster
let proxy: Server
let port = 0
const sockets = new Set<Socket>()
const pools = new Map<readonly Alteration[], PoolProcess>()
let hold: () => Promise<void> = async () => {}

beforeAll(async () => {
  cluster = await createCluster()
  const { database } = cluster
  // Whoever asks to cancel opens a connection for it, and sends 16 bytes.
  proxy = createServer((socket) => {
    const upstream = connect(database.port, database.host)
    for (const each of [socket, upstream]) sockets.add(each.on('error', () => {}))
    socket.once('data', async (first) => {
      if (first.length === 16) await hold()
      upstream.write(first)
      socket.pipe(upstream).pipe(socket)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, host, resolve))
  port = (proxy.address() as { port: number }).port
})

afterAll(async () => {
  for (const pool of pools.values()) await pool.close()
  for (const socket of sockets) socket.destroy()
  proxy.close()
})

const poolWith = (alterations: readonly Alteration[]): PoolProcess => {
  const terms = { host, port, database: cluster.database.database, secrets: join(inject('runDirectory'), 'secrets') }
  const pool = pools.get(alterations) ?? openPoolProcess(terms, alterations)
  pools.set(alterations, pool)
  return pool
}

const victimIsAtWork = async (): Promise<boolean> => {
  const [row] = await cluster.database.query(
    `select from pg_stat_activity where datname = current_database() and state = 'active' and query like '%''served''%' and pid <> pg_backend_pid()`,
  )
  return row !== undefined
}

/** What the victim is told, and whether its row is there. @param patienceMs how long a cancellation is held at most */
async function send(
  attempt: (neighbours: Neighbours) => Promise<Told>,
  pool: PoolProcess,
  patienceMs: number,
): Promise<string> {
  const holdCancellations = (): void => {
    hold = async () => {
      await expect
        .poll(victimIsAtWork, { timeout: patienceMs, interval: 20 })
        .toBe(true)
        .catch(() => {})
    }
  }
  const { verdict } = await attempt({ pool, holdCancellations })
  hold = async () => {}
  const gone = await cluster.database.query(`delete from tenant_company_xyz.users where user_id = 'served' returning 1`)
  return `${verdict}, ${gone.length} rows`
}

const none: readonly Alteration[] = []

describe.each(techniques)('$name', ({ alterations, mechanism, variants }) => {
  test.for(Object.entries(variants))('%s', ([, attempt], context) =>
    tally(context, { family: 'session-reuse', engine: 'postgres' }, async () => {
      expect(await send(attempt, poolWith(none), 500)).toBe('ok, 1 rows')
      const without = await send(attempt, poolWith(alterations), 20_000)
      expect(without, `without ${mechanism}`).not.toBe('ok, 1 rows')
      expect(without, `without ${mechanism}`).toMatch(/^(ok|57014 .*|25P02 .*), 0 rows$/)
    }))
})

import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findFreePort } from '../../src/embedded/free-ports.ts'
import { runDbsvc, spawnDbsvc } from '../support/dbsvc.ts'

interface Ready {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly pid: number
  readonly migrations: number
  readonly router: { readonly url: string; readonly key: string }
  readonly companies: readonly { company: string; rows: Record<string, number>; foreignRows: number }[]
}

const bars = fileURLToPath(new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url))
const clients: pg.Client[] = []

afterAll(() => Promise.all(clients.map((client) => client.end().catch(() => {}))))

/** One that the server's unprivileged user can enter, so that its data do not go to a place outside of the run's folder. */
async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(inject('runDirectory'), 'dev-'))
  await chmod(folder, 0o755)
  return folder
}

async function connect(folder: string, { host, port, user, database }: Ready): Promise<pg.Client> {
  const password = await readFile(join(folder, '.dbsvc', 'postgres', 'password'), 'utf8')
  const client = new pg.Client({ host, port, user, database, password: password.trim() })
  client.on('error', () => {})
  clients.push(client)
  await client.connect()
  return client
}

const start = (folder: string, ...args: string[]) => spawnDbsvc(['dev', '--json', ...args], { cwd: folder })

async function ready(dbsvc: ReturnType<typeof start>): Promise<Ready> {
  const [line] = await dbsvc.waitFor(/^\{.*"schema":"dbsvc\/dev\/1".*\}$/m)
  return JSON.parse(line) as Ready
}

describe('dbsvc dev in an empty folder', () => {
  let folder: string
  let kept: string
  beforeAll(async () => {
    folder = await emptyFolder()
  })

  test('sets up PostgreSQL, migrates, creates two companies and loads the sample under their contexts', async () => {
    const dbsvc = start(folder, '--sample', bars)
    const cluster = await ready(dbsvc)
    const client = await connect(folder, cluster)

    const { rows } = await client.query(
      'select company_id, count(*)::integer as bars, min(timestamp)::date::text as first from market_data group by 1 order by 1',
    )
    expect(rows).toEqual([
      { company_id: 'company_abc', bars: 5105, first: '2000-01-03' },
      { company_id: 'company_xyz', bars: 2590, first: '2010-01-04' },
    ])
    const signals = await client.query('select count(*)::integer as signals from tenant_company_abc.trading_signals')
    expect(signals.rows[0].signals).toBeGreaterThan(50)
    expect(cluster.companies.map(({ company, foreignRows }) => [company, foreignRows])).toEqual([
      ['company_abc', 0],
      ['company_xyz', 0],
    ])
    expect(cluster.companies[1]?.rows).toMatchObject({ market_data: 2590, trading_ticks: 60, users: 1 })

    const list = await runDbsvc(['tenant', 'list', '--json'], { cwd: folder })
    expect(list.json<{ companies: { company: string }[] }>().companies.map(({ company }) => company)).toEqual([
      'company_abc',
      'company_xyz',
    ])

    const { url, key } = cluster.router
    const answer = await fetch(`${url}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'x-dbsvc-company': 'company_xyz', 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'select count(*) from market_data' }),
    })
    expect(await answer.json()).toMatchObject({ rows: [['2590']] })
    expect((await stat(join(folder, '.dbsvc', 'api-key'))).mode & 0o777).toBe(0o600)
    kept = key

    dbsvc.kill('SIGINT')
    expect((await dbsvc.exited).exitCode).toBe(0)
    await expect(fetch(`${url}/livez`)).rejects.toThrow()
    await expect(connect(folder, cluster)).rejects.toThrow(/ECONNREFUSED/)
  })

  test('keeps the data for the next start, which changes nothing', async () => {
    const dbsvc = start(folder, '--sample', bars, '--exit')
    const { exitCode } = await dbsvc.exited
    const cluster = await ready(dbsvc)
    expect(exitCode).toBe(0)
    expect(cluster.migrations).toBe(0)
    expect(cluster.router.key).toBe(kept)
    expect(cluster.companies[0]?.rows.market_data).toBe(5105)
  })

  test('goes on after kill -9, which leaves the server running', async () => {
    const killed = start(folder)
    await ready(killed)
    killed.kill('SIGKILL')
    await killed.exited
    const next = start(folder, '--exit')
    expect((await next.exited).exitCode).toBe(0)
    expect((await ready(next)).companies[1]?.rows.market_data).toBe(2590)
  })

  test('refuses a second one in the same folder, and says which is there', async () => {
    const first = start(folder)
    const { pid } = await ready(first)
    const second = await runDbsvc(['dev'], { cwd: folder })
    expect(second.exitCode).toBe(5)
    expect(second.stderr).toContain(`pid ${pid}`)
    first.kill('SIGTERM')
    expect((await first.exited).exitCode).toBe(0)
  })
})

test('in a project of one’s own, dbsvc dev prints a request that is answered', async () => {
  const folder = await emptyFolder()
  await runDbsvc(['init'], { cwd: folder })
  const dbsvc = spawnDbsvc(['dev'], { cwd: folder })
  const [, url = '', key, company, body] = await dbsvc.waitFor(
    /curl (\S+) -H 'authorization: (.*)' \\\s+-H 'x-dbsvc-company: (.*)' -H 'content-type: .*' \\\s+-d '(.*)'/,
  )
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: key ?? '', 'x-dbsvc-company': company ?? '', 'content-type': 'application/json' },
    body: body ?? '',
  })
  expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status: 200, rows: [] })
  dbsvc.kill('SIGINT')
  expect((await dbsvc.exited).exitCode).toBe(0)
})

describe('dbsvc dev and its flags', () => {
  test('--port starts the server there', async () => {
    const folder = await emptyFolder()
    const { port: shared } = inject('postgres')
    const taken = await runDbsvc(['dev', '--exit', '--port', String(shared)], { cwd: folder })
    expect(taken.exitCode).toBe(4)
    expect(taken.stderr).toContain(String(shared))

    const free = await findFreePort()
    const dbsvc = start(folder, '--port', String(free))
    const cluster = await ready(dbsvc)
    expect(cluster.port).toBe(free)
    await connect(folder, cluster)
    dbsvc.kill('SIGINT')
    await dbsvc.exited
  })

  test('a sample that is no CSV of bars is refused by its line, and the server does not stay', async () => {
    const folder = await emptyFolder()
    await writeFile(join(folder, 'bad.csv'), 'date,open,high,low,close,adjclose,volume\n2000-01-03,1,2,x,1,1,1\n')
    const result = await runDbsvc(['dev', '--sample', 'bad.csv'], { cwd: folder })
    expect(result.exitCode).toBe(64)
    expect(result.stderr).toContain('line 2: low')
    expect(result.stderr).toContain('DBS-1704')
  })

  test('runs the migrations of a project of its own', async () => {
    const folder = await emptyFolder()
    await runDbsvc(['init'], { cwd: folder })
    await writeFile(join(folder, 'dbsvc.config.yaml'), 'dev:\n  companies: [acme]\n')
    const dbsvc = start(folder)
    const client = await connect(folder, await ready(dbsvc))
    const { rows } = await client.query(
      `select to_regclass('public.price_alerts') is not null as own, to_regclass('public.market_data') as shipped`,
    )
    expect(rows).toEqual([{ own: true, shipped: null }])
    dbsvc.kill('SIGINT')
    await dbsvc.exited
  })
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { claimsOf, withContextPool } from '../../src/app/company/context-pool.ts'
import { withSession } from '../../src/app/session.ts'
import { loadConfig } from '../../src/config/loader.ts'
import type { ContextPool } from '../../src/engines/postgres/context/pool.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await createCluster()
  await cluster.database.query(
    `insert into public.market_data (company_id, symbol) select c, 's' || n from unnest(array['company_abc', 'company_xyz']) c, generate_series(1, 6000) n;
     analyze public.market_data`,
  )
}, 120_000)

/** Runs one statement as a request of the company, as the router does. */
async function request(
  company: string,
  text: string,
  mode: 'read' | 'write' = 'read',
): Promise<Record<string, string>[]> {
  const loaded = await loadConfig({ cwd: cluster.project.directory, env: { HOME: inject('runDirectory') } }, () => {})
  return withSession(loaded, 'test', (session) =>
    withContextPool(session, async (pool: ContextPool) => {
      const { rows } = await pool.query<Record<string, string>>(await claimsOf(session, company, mode), {
        text,
        values: [],
      })
      return [...rows]
    }),
  )
}

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work
  return performance.now() - started
}

describe('given a request of a company with limits of its own', () => {
  beforeAll(async () => {
    const limits = ['statementTimeoutMs=700', 'lockTimeoutMs=150', 'workMemKb=64', 'parallelWorkers=0']
    await cluster.dbsvc('tenant', 'set', 'company_abc', ...limits.flatMap((limit) => ['--limit', limit]))
    await cluster.dbsvc('tenant', 'set', 'company_xyz', '--tier', 'enterprise')
  })

  test('when a statement takes longer than it may, then PostgreSQL ends it, and that of another company goes on', async () => {
    const cancelled = expect(request('company_abc', 'select pg_sleep(20)')).rejects.toThrow(/statement timeout/)
    const ms = await elapsedMs(Promise.all([cancelled, request('company_xyz', 'select pg_sleep(1.5)')]))
    expect(ms).toBeLessThan(10_000)
  })

  test('when a row is locked for longer than it may wait, then it gives up', async () => {
    const holder = await cluster.database.connect()
    await holder.query(`begin; select from public.market_data where symbol = 's1' for update`)
    await expect(
      request('company_abc', `update market_data set symbol = 's1' where symbol = 's1'`, 'write'),
    ).rejects.toThrow(/lock timeout/)
    await holder.query('rollback')
    await holder.end()
  })

  test('when it sorts more than fits its memory, then on disk; with the memory of its tier, in it', async () => {
    const sorted = 'select count(*) from (select symbol from market_data order by symbol || company_id offset 1) s'
    const temporary = async (): Promise<number> =>
      (
        await cluster.database.query<{ n: number }>(
          'select temp_files::int as n from pg_stat_database where datname = current_database()',
        )
      )[0]?.n ?? -1
    const before = await temporary()
    await request('company_xyz', sorted)
    await request('company_abc', sorted)
    await expect.poll(temporary).toBe(before + 1)
  })

  test('when it asks what it may use, then it sees its own limits, or those of its tier', async () => {
    const seen = `select current_setting('max_parallel_workers_per_gather') as workers, current_setting('work_mem') as memory`
    expect(await request('company_abc', seen)).toEqual([{ workers: '0', memory: '64kB' }])
    expect(await request('company_xyz', seen)).toEqual([{ workers: '2', memory: '64MB' }])
  })
})

describe('given a company with a LOGIN role', () => {
  let company: string
  let role: string
  beforeAll(async () => {
    // Roles belong to the server, which other test files share.
    company = `held_${cluster.database.database.slice(-12)}`
    role = `tenant_${company}`
    const limits = ['statementTimeoutMs=500', 'tempFileKb=1024']
    await cluster.dbsvc('tenant', 'create', company, '--login', ...limits.flatMap((limit) => ['--limit', limit]))
  })

  const logIn = async (who = company): Promise<Client> => {
    const secret = join(inject('runDirectory'), 'secrets', `postgres-main-login-${who}`)
    return cluster.database.connect(`tenant_${who}`, await readFile(secret, 'utf8'))
  }
  const settings = async (): Promise<string[]> =>
    (
      await cluster.database.query<{ setting: string }>(
        `select setting from pg_db_role_setting, unnest(setconfig) as setting
         where setrole = $1::regrole and setting ~ '^(statement_timeout|lock_timeout|work_mem|max_parallel|temp_file)' order by 1`,
        [role],
      )
    ).map(({ setting }) => setting)
  const sleeps = async (session: Client): Promise<string> =>
    session.query('select pg_sleep(1)').then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const given = [
    'lock_timeout=2000ms',
    'max_parallel_workers_per_gather=0',
    'statement_timeout=500ms',
    'temp_file_limit=1024kB',
    'work_mem=4096kB',
  ]

  test('when it logs in, then its sessions begin with its limits, which the catalogue has', async () => {
    expect(await settings()).toEqual(given)
    const session = await logIn()
    expect(await sleeps(session)).toBe('57014')
    await session.end()
  })

  test('when it opens more sessions than it may have, then one is refused, until others have ended', async () => {
    const crowded = `crowd_${cluster.database.database.slice(-12)}`
    await cluster.dbsvc('tenant', 'create', crowded, '--login', '--limit', 'loginConnections=2')
    const sessions = [await logIn(crowded), await logIn(crowded)]
    const refused = { code: '53300', message: `too many connections for role "tenant_${crowded}"` }
    await expect(logIn(crowded)).rejects.toMatchObject(refused)
    await cluster.dbsvc('tenant', 'set', crowded, '--limit', 'loginConnections=3')
    sessions.push(await logIn(crowded))
    await expect(logIn(crowded)).rejects.toMatchObject(refused)
    for (const session of sessions) await session.end()
    await (await logIn(crowded)).end()
  })

  test('when it sorts more on disk than it may put there, then that is refused', async () => {
    const session = await logIn()
    await session.query('set statement_timeout = 0; set work_mem = 64')
    await expect(
      session.query(
        'select count(*) from (select n from generate_series(1, 1000000) n order by n % 1000 offset 1) sorted',
      ),
    ).rejects.toMatchObject({ code: '53400' })
    await session.end()
  })

  test('when it has no limit to sessions or files any more, then doctor names both, and --fix puts them back', async () => {
    await cluster.database.query(`alter role ${role} connection limit -1; alter role ${role} reset temp_file_limit`)
    const doctor = (...flags: string[]) => cluster.dbsvc('doctor', '--only', 'role-settings', ...flags)
    await expect(doctor()).rejects.toThrow(
      `role ${role}: temp_file_limit is not set, not 1024kB; connection limit is -1, not 10`,
    )
    await doctor('--fix').catch(() => {})
    expect(await settings()).toEqual(given)
    const [row] = await cluster.database.query<{ most: number }>(
      'select rolconnlimit as most from pg_roles where rolname = $1',
      [role],
    )
    expect(row?.most).toBe(10)
  })

  // PostgreSQL lets every role set these for itself, and no privilege takes that away: docs/operations.md says so.
  test('when it raises them for a session, then they hold for that session only', async () => {
    const session = await logIn()
    await session.query('set statement_timeout = 0')
    expect(await sleeps(session)).toBe('done')
    await session.end()
    const next = await logIn()
    expect(await sleeps(next)).toBe('57014')
    await next.end()
  })

  test('when it raises them for its role, then doctor names it, --fix puts them back, and so does tenant set', async () => {
    const doctor = (...flags: string[]): Promise<string> =>
      cluster.dbsvc('doctor', '--only', 'role-settings', ...flags).then(
        ({ stdout }) => stdout,
        (error: Error) => error.message,
      )
    for (const mend of [() => doctor('--fix'), () => cluster.dbsvc('tenant', 'set', company, '--tier', 'free')]) {
      const session = await logIn()
      await session.query(
        `alter role current_user set statement_timeout = 0; alter role current_user set work_mem = '1GB'`,
      )
      await session.end()
      const raised = await logIn()
      expect(await sleeps(raised)).toBe('done')
      await raised.end()
      expect(await doctor()).toContain(`role ${role}: statement_timeout is 0, not 500ms; work_mem is 1GB, not 4096kB`)
      await mend()
      expect(await settings()).toEqual(given)
      expect(await doctor()).not.toContain(role)
      const next = await logIn()
      expect(await sleeps(next)).toBe('57014')
      await next.end()
    }
  })

  test('when it tries to raise what PostgreSQL keeps from it, then that is refused', async () => {
    const session = await logIn()
    for (const sql of [
      'alter role database_service_role set statement_timeout = 0',
      `alter database ${cluster.database.database} set statement_timeout = 0`,
      `alter system set statement_timeout = 0`,
      'set temp_file_limit = -1',
      'alter role current_user set temp_file_limit = -1',
      'alter role current_user reset temp_file_limit',
      'alter role current_user connection limit 1000',
    ]) {
      await expect(session.query(sql), sql).rejects.toMatchObject({ code: '42501' })
    }
    await session.end()
  })
})

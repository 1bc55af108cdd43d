import { join } from 'node:path'
import type { Client } from 'pg'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { openSecretStore } from '../../../src/config/secrets/store.ts'
import { currentKey, readKeyFile } from '../../../src/engines/postgres/context/key-file.ts'
import { signContext } from '../../../src/engines/postgres/context/token.ts'
import { observerLogin, readPassword, routerLogin } from '../../../src/engines/postgres/logins.ts'
import { startOwnServer } from '../../e2e/support/own-server.ts'
import { runDbsvc } from '../../support/dbsvc.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'
import { claimsOf } from '../signed-context/setting.ts'
import { type Attempt, attempts, type Thief } from './attempts.ts'

let cluster: Cluster
let administrator: Client
let passwords: Readonly<Record<Thief, string>>
let dropProbe: string

// Roles and their attributes belong to a server, so this one is no other test's.
beforeAll(async () => {
  const server = await startOwnServer({ settings: { fsync: 'off' } })
  cluster = await createCluster(server)
  await cluster.dbsvc('tenant', 'create', 'direct', 'other', '--login')
  const store = openSecretStore(join(inject('runDirectory'), `secrets-${server.port}`))
  passwords = {
    dbsvc_router: (await readPassword(store, routerLogin, {})) ?? '',
    dbsvc_observer: (await readPassword(store, observerLogin, {})) ?? '',
    tenant_direct: (await store.read('postgres-main-login-direct')) ?? '',
  }
  await cluster.database.query(`
    insert into tenant_company_xyz.users values ('canary_u', 'canary@xyz', 'free');
    insert into tenant_direct.users values ('u', 'u@direct', 'free');
    insert into public.market_data (company_id, symbol) values ('company_xyz', 'CANARY');
    insert into private_shared.trading_ticks (time, company_id, user_id, symbol) values (now(), 'company_xyz', 'u', 'CANARY');
    insert into dbsvc.services (service, engines, verbs) values ('canary', '{}', '{}');
    insert into dbsvc.service_keys (key_id, service, digest) values ('ffffffff', 'canary', sha256('canary'));
    insert into dbsvc.idempotency_keys values ('company_xyz', 's', '', 'k', repeat('d', 43), 'canary', 'infinity')`)
  administrator = await cluster.database.connect()
  const definition = `select pg_get_functiondef('dbsvc.drop_probe(text)'::regprocedure) as text`
  dropProbe = (await administrator.query<{ text: string }>(definition)).rows[0]?.text ?? ''
}, 120_000)

/** What was returned or changed, as text; or SQLSTATE and message. */
async function attempt(client: Client, { sql }: Attempt): Promise<{ refused: string } | { rows: number }> {
  // The last statement of a session is what others would see of it.
  await administrator.query(`select 'canary'`)
  const keys = await readKeyFile(openSecretStore(secretsOf(cluster)), 'main')
  if (keys === null) throw new Error('dbsvc has made no context key')
  const pidOf = async (of: Client): Promise<number> => (await of.query('select pg_backend_pid() as pid')).rows[0].pid
  const binding = { database: cluster.database.database, backendPid: await pidOf(client) }
  const token = signContext(claimsOf('company_xyz'), { ...binding, expiresAtMs: Date.now() + 60_000 }, currentKey(keys))
  const doomed = await cluster.database.connect()
  const text = sql
    .replaceAll('%pid', String(await pidOf(doomed)))
    .replaceAll('%token', token)
    .replaceAll('%role', client.user ?? '')
  await client.query('begin')
  try {
    const { rowCount, command } = await client.query(text)
    return { rows: rowCount ?? (command === 'SELECT' ? 0 : 1) }
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { refused: `${code} ${message}` }
  } finally {
    await client.query('rollback')
    await doomed.end().catch(() => {})
  }
}

const secretsOf = ({ database }: Cluster): string => join(inject('runDirectory'), `secrets-${database.port}`)

async function change(statements: readonly string[], role: Thief): Promise<void> {
  const { database } = cluster.database
  for (const sql of statements) {
    await cluster.database.query(
      sql === '%drop_probe' ? dropProbe : sql.replaceAll('%role', role).replaceAll('%database', database),
    )
  }
}

const honest: Readonly<Record<Thief, string>> = {
  dbsvc_router: 'select company_id, tier, limits, state from dbsvc.companies',
  dbsvc_observer: 'select * from dbsvc.companies join dbsvc.targets using (company_id)',
  tenant_direct: 'select * from users',
}

const cases = attempts.flatMap((one) => one.as.map((as) => ({ ...one, thief: as })))

describe('whoever has the password alone cannot', () => {
  test.each(cases)('$name, as $thief', async ({ thief, ...one }) => {
    const client = await cluster.database.connect(thief, passwords[thief])
    expect(await attempt(client, one)).toEqual({ refused: expect.stringMatching(one.refusal) })
    expect((await client.query(honest[thief])).rowCount).toBeGreaterThan(0)
    await client.end()

    await change(one.off, thief)
    try {
      const armed = await cluster.database.connect(thief, passwords[thief])
      const told = await attempt(armed, one)
      expect(told, 'without the mechanism').toMatchObject({ rows: expect.any(Number) })
      expect((told as { rows: number }).rows, 'without the mechanism').toBeGreaterThan(0)
      await armed.end()
    } finally {
      await change(one.on, thief)
    }
  })
})

describe('whoever has the password alone can', () => {
  const rowsAs = async (thief: Thief, sql: string) => {
    const client = await cluster.database.connect(thief, passwords[thief])
    const { rows } = await client.query(sql)
    await client.end()
    return rows
  }

  test.each(['dbsvc_router', 'dbsvc_observer'] as const)('as %s, read which companies there are', async (thief) => {
    const seen = await rowsAs(thief, 'select company_id from dbsvc.companies order by 1')
    expect(seen.map(({ company_id: id }) => id)).toEqual(['company_abc', 'company_xyz', 'direct', 'other'])
  })

  test('as a company, see names in the catalogues', async () => {
    expect(
      await rowsAs('tenant_direct', `select 1 from pg_namespace where nspname = 'tenant_company_xyz'`),
    ).toHaveLength(1)
  })

  test.each([
    'dbsvc_router',
    'dbsvc_observer',
    'tenant_direct',
  ] as const)('as %s, change its own password, and what its next sessions begin with, which doctor finds', async (thief) => {
    await rowsAs(thief, `begin; alter role current_user password 'of the thief'; rollback`)
    await rowsAs(thief, `alter role current_user set default_transaction_read_only = on`)
    const looked = await runDbsvc(['doctor', '--only', 'role-settings', '--json'], { cwd: cluster.project.directory })
    await administrator.query(`alter role ${thief} reset default_transaction_read_only`)
    expect(looked.stdout).toContain(`role ${thief} has default_transaction_read_only = on`)
  })

  test('as a company, lock a shared table that it may change, so that others wait', async () => {
    const client = await cluster.database.connect('tenant_direct', passwords.tenant_direct)
    await client.query('begin; lock table public.market_data in access exclusive mode')
    const read = administrator.query('begin; lock table public.market_data in access share mode nowait')
    await expect(read).rejects.toMatchObject({ code: '55P03' })
    await administrator.query('rollback')
    await client.end()
  })

  test('as dbsvc_router, read digests of API keys, which are of 256 random bits', async () => {
    expect(await rowsAs('dbsvc_router', 'select digest from dbsvc.service_keys')).toHaveLength(1)
  })

  test('as dbsvc_router, add to the record of failed attempts, and remove nothing of the last day', async () => {
    const add = `select dbsvc.record_authentication_failures('{now}', '{here}', '{unknown}', '{}', '{-5}', '{r}')`
    await rowsAs('dbsvc_router', add.replace(`'{}'`, `'{""}'`))
    await rowsAs('dbsvc_router', 'select dbsvc.forget_authentication_failures(-1)')
    expect(await cluster.database.query('select attempts from dbsvc.authentication_failures')).toEqual([
      { attempts: '1' },
    ])
  })

  test('as dbsvc_router, change who offers what in service_registry', async () => {
    const [row] = await rowsAs(
      'dbsvc_router',
      `select dbsvc.register_service('1 min', 'mine', 'h', 1, null, 'active', '{}')`,
    )
    expect(row).toBeDefined()
  })

  test('as dbsvc_observer, see that others are connected, and not what they run', async () => {
    await administrator.query(`select 'canary'`)
    const seen = await rowsAs('dbsvc_observer', 'select usename, query from pg_stat_activity where usename is not null')
    expect(seen.length).toBeGreaterThan(1)
    expect(JSON.stringify(seen)).not.toContain(`'canary'`)
  })

  test.each([
    'dbsvc_router',
    'dbsvc_observer',
  ] as const)('as %s, make hidden companies, a hundred at most', async (thief) => {
    const client = await cluster.database.connect(thief, passwords[thief])
    const made: string[] = []
    try {
      for (;;) made.push((await client.query('select dbsvc.make_probe() as id')).rows[0].id)
    } catch (error) {
      expect(error).toMatchObject({ code: '53400' })
    }
    expect(made).toHaveLength(100)
    const other = await cluster.database.connect(thief, passwords[thief])
    await expect(other.query('select dbsvc.drop_probe($1)', [made[0]])).rejects.toMatchObject({ code: '55006' })
    for (const company of made) await client.query('select dbsvc.drop_probe($1)', [company])
  })
})

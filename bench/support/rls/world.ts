import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { openSecretStore } from '../../../src/config/secrets/store.ts'
import { currentKey, readKeyFile } from '../../../src/engines/postgres/context/key-file.ts'
import { signContext } from '../../../src/engines/postgres/context/token.ts'
import type { Binary } from '../binary.ts'
import { companyNames } from '../company-names.ts'
import { type Database, withClient } from '../database.ts'
import { writeProject } from '../project.ts'
import { runDbsvc } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'

/** Companies with rows, and two ways to one's: under dbsvc's policies, and under those that a team would write. */
export interface World {
  readonly database: Database
  readonly company: string
  /** In a transaction that was entered by a signed context, as the shared role. */
  proven(): Promise<Client>
  /** In a transaction with the setting alone, as a role whose policies go by it. */
  plain(): Promise<Client>
}

const rowsPerCompany = { users: 200, accounts: 400, trades: 4_000, ticks: 2_000 }

export async function prepareWorld(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
  count: number,
): Promise<World> {
  const database = await server.createDatabase('rls')
  const project = join(directory, 'rls')
  await writeProject(project, database)
  await runDbsvc(binary, project, ['migrate', 'up'])
  const companies = companyNames('c', count)
  await runDbsvc(binary, project, ['tenant', 'create', ...companies])
  await letIn(server.dataDirectory)
  const company = companies[0] ?? ''
  const keys = openSecretStore(join(directory, 'secrets'))
  await withClient(database, async (client) => {
    await client.query(plainPolicies(company))
    for (const name of companies) await client.query(fill(name))
    await client.query('vacuum analyze')
  })
  const ring = await readKeyFile(keys, 'main')
  if (ring === null) throw new Error('dbsvc has made no context key')

  const begin = async (user: string): Promise<{ client: Client; pid: number }> => {
    const { host, port } = database
    const client = new Client({ host, port, user, database: database.database, ssl: false })
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    await client.query('begin')
    return { client, pid: rows[0]?.pid ?? 0 }
  }
  return {
    database,
    company,
    async proven() {
      const { client, pid } = await begin('database_service_role')
      const limits = { statementTimeoutMs: 600_000, lockTimeoutMs: 5_000, workMemKb: 4_096, parallelWorkers: 0 }
      const token = signContext(
        { company, user: null, service: 'bench', limits, mode: 'write' },
        { database: database.database, backendPid: pid, expiresAtMs: Date.now() + 60_000 },
        currentKey(ring),
      )
      await client.query('select dbsvc.enter($1)', [token])
      return client
    },
    async plain() {
      const { client } = await begin('bench_plain')
      await client.query(
        `set local app.current_company_id = '${company}'; set local search_path = tenant_${company}, public`,
      )
      return client
    },
  }
}

/** Without a password: what is timed begins behind the log-in. */
async function letIn(dataDirectory: string): Promise<void> {
  const file = join(dataDirectory, 'pg_hba.conf')
  await writeFile(
    file,
    `host all bench_plain,database_service_role 127.0.0.1/32 trust\n${await readFile(file, 'utf8')}`,
  )
}

const plainPolicies = (company: string): string => `
  create role bench_plain login;
  grant usage on schema public, tenant_${company} to bench_plain;
  grant select on market_data to bench_plain;
  create policy bench on market_data to bench_plain using (company_id = current_setting('app.current_company_id'));
  ${['users', 'mt5_accounts', 'trading_history']
    .map(
      (table) => `grant select on tenant_${company}.${table} to bench_plain;
  create policy bench on tenant_${company}.${table} to bench_plain using (current_setting('app.current_company_id') = '${company}')`,
    )
    .join(';\n  ')};
  select pg_reload_conf()`

const fill = (company: string): string => `
  insert into market_data (company_id, symbol, tick_data, timestamp)
    select '${company}', 'S' || n % 40, jsonb_build_object('bid', n), now() - n * interval '1 minute' from generate_series(1, ${rowsPerCompany.ticks}) n;
  insert into tenant_${company}.users (user_id, email, subscription_tier)
    select 'u' || n, 'u' || n || '@example.com', 'pro' from generate_series(1, ${rowsPerCompany.users}) n;
  insert into tenant_${company}.mt5_accounts (account_id, user_id, account_number)
    select n, 'u' || 1 + n % ${rowsPerCompany.users}, n from generate_series(1, ${rowsPerCompany.accounts}) n;
  insert into tenant_${company}.trading_history (account_id, user_id, symbol, side, volume, open_price, opened_at)
    select 1 + n % ${rowsPerCompany.accounts}, 'u' || 1 + n % ${rowsPerCompany.users}, 'EURUSD', 'buy', 1, 1, now() - n * interval '1 minute'
    from generate_series(1, ${rowsPerCompany.trades}) n`

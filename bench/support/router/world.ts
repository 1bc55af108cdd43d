import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import { companyNames } from '../company-names.ts'
import { type Database, withClient } from '../database.ts'
import { writeProject } from '../project.ts'
import { resultOf, runDbsvc } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'
import { symbols, ticksPerSymbol, usersPerCompany } from './workloads.ts'

/** The one database that all contenders ask. */
export interface World {
  readonly database: Database
  /** The folder of dbsvc's project. */
  readonly project: string
  readonly companies: readonly string[]
  readonly apiKey: string
}

const allGrants = ['--company', 'all', '--engine', 'all', '--verb', 'read', 'write']

/** Makes companies with dbsvc, fills their tables, and lets the peers' roles in beside dbsvc's own, unless there are to be none. */
export async function prepareWorld(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
  count: number,
  { peers: hasPeers = true }: { readonly peers?: boolean } = {},
): Promise<World> {
  const database = await server.createDatabase('router')
  const project = join(directory, 'router')
  await writeProject(project, database)
  await runDbsvc(binary, project, ['migrate', 'up'])
  const companies = companyNames('c', count)
  await writeFile(join(project, 'companies.txt'), companies.join('\n'))
  await runDbsvc(binary, project, ['tenant', 'create', '--from', 'companies.txt'])
  const created = await runDbsvc(binary, project, ['service', 'create', 'bench', ...allGrants, '--json'])
  if (hasPeers) await letPeersIn(server.dataDirectory)
  await withClient(database, async (client) => {
    await client.query(hasPeers ? `${fillShared}; ${peers}` : fillShared)
    for (const company of companies)
      await client.query(hasPeers ? `${fill(company)}; ${peersOf(company)}` : fill(company))
    await client.query('vacuum analyze')
  })
  return { database, project, companies, apiKey: resultOf<{ key: string }>(created).key }
}

/** Without a password, so that no peer pays for SCRAM with each of its many connections. */
async function letPeersIn(dataDirectory: string): Promise<void> {
  const file = join(dataDirectory, 'pg_hba.conf')
  await writeFile(file, `host all "/^bench_" 127.0.0.1/32 trust\n${await readFile(file, 'utf8')}`)
}

const fillShared = `
  insert into market_data (company_id, symbol, tick_data, timestamp)
  select company_id, symbol, jsonb_build_object('bid', 1 + n / 1000.0, 'ask', 1.001 + n / 1000.0), now() - n * interval '1 minute'
  from dbsvc.companies, unnest(array['${symbols.join("','")}']) symbol, generate_series(1, ${ticksPerSymbol}) n
  where company_id like 'bench_%' order by n`

/** The policies a team would write: by the setting, for the shared role of its service and for each company's own role. */
const peers = `
  create role bench_shared login;
  create role bench_companies;
  grant usage on schema public to bench_shared, bench_companies;
  grant select on market_data to bench_shared, bench_companies;
  create policy bench on market_data to bench_shared, bench_companies
    using (company_id = current_setting('app.current_company_id'));
  select pg_reload_conf()`

const fill = (company: string): string => `
  insert into tenant_${company}.users (user_id, email, subscription_tier)
  select 'u' || n, 'u' || n || '@${company}.example', 'pro' from generate_series(1, ${usersPerCompany}) n`

const peersOf = (company: string): string => `
  create role ${company} login in role bench_companies;
  alter role ${company} set app.current_company_id = '${company}';
  alter role ${company} set search_path = tenant_${company}, public;
  grant usage on schema tenant_${company} to ${company}, bench_shared;
  grant select on tenant_${company}.users to ${company}, bench_shared;
  grant select, insert on tenant_${company}.trading_signals to ${company}, bench_shared;
  ${['users', 'trading_signals']
    .map(
      (table) => `
  create policy bench_own on tenant_${company}.${table} to ${company} using (true);
  create policy bench_shared on tenant_${company}.${table} to bench_shared
    using (current_setting('app.current_company_id') = '${company}')`,
    )
    .join(';')}`

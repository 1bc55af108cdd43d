import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binary } from '../binary.ts'
import { companyNames } from '../company-names.ts'
import { resultOf, runDbsvc } from '../run-dbsvc.ts'
import type { BenchmarkServer } from '../server.ts'
import { prepareProject } from '../stores/project.ts'
import type { BenchStore } from '../stores/servers.ts'
import { type Clients, openClients } from './clients.ts'
import { fillArango } from './fill/arango.ts'
import { fillClickhouse } from './fill/clickhouse.ts'
import { fillPostgres } from './fill/postgres.ts'
import { fillWeaviate } from './fill/weaviate.ts'
import { counted, type Sizes } from './sizes.ts'

/** One project over all engines, and what is in them. */
export interface TargetsWorld {
  /** Its folder. */
  readonly project: string
  readonly clients: Clients
  /** The first one has the data; the second and third are written to. */
  readonly companies: readonly string[]
  readonly apiKey: string
}

const allGrants = ['--company', 'all', '--engine', 'all', '--verb', 'read', 'write']

export async function prepareTargetsWorld(
  binary: Binary,
  directory: string,
  server: BenchmarkServer,
  stores: readonly BenchStore[],
  sizes: Sizes,
  note: (text: string) => void,
): Promise<TargetsWorld> {
  const { directory: project, database } = await prepareProject(binary, directory, server, 'targets', stores, true)
  const companies = companyNames('t', Math.max(3, sizes.companies))
  await writeFile(join(project, 'companies.txt'), companies.join('\n'))
  await runDbsvc(binary, project, ['tenant', 'create', '--from', 'companies.txt'])
  const created = await runDbsvc(binary, project, ['service', 'create', 'bench', ...allGrants, '--json'])
  const clients = await openClients(database, stores)
  const [company = ''] = companies
  note(`filling PostgreSQL: ${counted(sizes.trades)} trades`)
  await fillPostgres(clients.postgres, companies, sizes)
  // As dbsvc sets it for the statement of a company.
  await clients.postgres.query(`set search_path = tenant_${company}, public`)
  note(`filling ArangoDB's stand-in: ${counted(sizes.persons)} persons`)
  await fillArango(clients.arango(company), company, sizes.persons)
  note(`filling chDB: ${counted(sizes.rows)} rows`)
  await fillClickhouse(clients.clickhouse(company), sizes.rows)
  if (clients.weaviate !== null) {
    note(`filling Weaviate: ${counted(sizes.vectors)} vectors`)
    await fillWeaviate(clients.weaviate, company, sizes.vectors)
  }
  return { project, clients, companies, apiKey: resultOf<{ key: string }>(created).key }
}

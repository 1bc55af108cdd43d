import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import type { TestProject } from '../../../support/project.ts'
import { alone, readState, type State } from '../state.ts'
import type { Fixture } from './fixture.ts'
import type { StoreScenario } from './scenario.ts'

/** What both PostgreSQL and the store have, without times and run ids. */
export interface StoreState extends Omit<State, 'targets' | 'ledger'> {
  readonly placements: readonly string[]
  readonly targets: readonly string[]
  readonly ledger: readonly string[]
  /** As dbsvc reads it, by company; '' is the shared scope. */
  readonly structures: Readonly<Record<string, readonly string[]>>
  readonly listed: readonly string[]
  /** Of companies that were dropped. */
  readonly remains: readonly string[]
  /** As the engine's own client shows it, by company; '' is the shared scope. */
  readonly traces: Readonly<Record<string, readonly string[]>>
  /** The files of the final export, and what is in them. */
  readonly exported: readonly string[]
}

const lines = async (client: Client, sql: string): Promise<string[]> =>
  (await client.query<{ line: string }>(`select line from (${sql}) listed order by line`)).rows.map(({ line }) => line)

export async function readStoreState(
  fixture: Fixture,
  { dropped }: StoreScenario,
  client: Client,
  project: TestProject,
): Promise<StoreState> {
  const { store, server } = fixture
  const state = await readState(client)
  const own = Object.values(fixture.companies)
  const listed = (await store.listCompanies()).filter((company) => own.includes(company))
  const inspected = [...(await store.inspect('tenant', listed)), ...(await store.inspect('shared', ['']))]
  const traces: Record<string, readonly string[]> = { '': await server.sharedTraces() }
  const remains: string[] = []
  for (const company of own) traces[company] = await server.traces(company)
  for (const company of dropped) remains.push(...(await store.findRemains(company)))
  return {
    ...state,
    placements: await lines(
      client,
      `select concat_ws(' ', company_id, engine, cluster, state, reason) as line from dbsvc.placements`,
    ),
    targets: await lines(
      client,
      `select concat_ws(' ', engine, scope, company_id, applied, version, history) as line from dbsvc.targets`,
    ),
    ledger: await lines(
      client,
      `select concat_ws(' ', engine, scope, company_id, position, version, name, checksum) as line from dbsvc.ledger`,
    ),
    structures: Object.fromEntries(
      inspected.map(([company, structure]) => [company, structure.map((object) => JSON.stringify(object)).sort()]),
    ),
    listed,
    remains,
    traces,
    exported: await readExport(project),
  }
}

/** The last one that is complete: a run that is killed leaves a part of one behind, and the next takes another. */
async function readExport({ directory }: TestProject): Promise<string[]> {
  const folder = join(directory, 'exports')
  const found = (await readdir(folder, { recursive: true }).catch(() => [])).sort()
  const last = found.filter((path) => path.endsWith('export.json')).at(-1)
  if (last === undefined) return []
  const { files } = JSON.parse(await readFile(join(folder, last), 'utf8')) as {
    files: Record<string, { file: string; bytes: number }[]>
  }
  const all = Object.values(files).flat()
  return Promise.all(
    all.map(async ({ file, bytes }) => {
      const text = await readFile(join(folder, last, '..', file), 'utf8')
      return `${file} of ${bytes} bytes, ${text.length === 0 ? 'empty' : text.split('\n').length} lines`
    }),
  )
}

/** Holds at every moment: nobody is let in whose places are not all made. @returns who is, and what is missing */
export async function findHalfLetIn(
  { harness, server }: Fixture,
  { whole, start }: StoreScenario,
  client: Client,
): Promise<string[]> {
  await alone(client)
  const { name } = harness.engine
  const { rows } = await client.query<{ company: string; state: string; place: string | null; applied: number | null }>(
    `select c.company_id as company, c.state, p.state as place, t.applied
     from dbsvc.companies c
     left join dbsvc.placements p on p.company_id = c.company_id and p.engine = $1
     left join dbsvc.targets t on t.company_id = c.company_id and t.engine = $1 and t.scope = 'tenant'`,
    [name],
  )
  const all = Object.keys(harness.migrations).filter((path) => path.startsWith('tenant/')).length
  const problems: string[] = []
  for (const { company, state, place, applied } of rows) {
    if (place === 'active' && (await server.traces(company)).length === 0) {
      problems.push(`${company} has a place in the ledger, and none in ${name}`)
    }
    if (state !== 'active' || start.unplaced.includes(company)) continue
    if (place !== 'active') problems.push(`${company} is active, and its place in ${name} is ${place}`)
    if (whole && applied !== all) problems.push(`${company} is active after ${applied} migrations of ${name}`)
  }
  return problems
}

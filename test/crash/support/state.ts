import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import { fingerprintSchemas } from '../../support/schema-fingerprint.ts'

/** Where one target stands. */
export interface Target {
  readonly scope: string
  readonly company: string
  readonly applied: number
  readonly history: string
}

/** Everything dbsvc has made in a database, without times and run ids. */
export interface State {
  readonly companies: Readonly<Record<string, string>>
  readonly targets: readonly Target[]
  readonly ledger: readonly string[]
  /** Descriptions with all protections, by schema. */
  readonly schemas: Readonly<Record<string, string>>
  /** Rows that migrations wrote, by table. */
  readonly rows: Readonly<Record<string, string>>
  /** What is left of migrations outside of a transaction, events, exemptions and time series. */
  readonly others: readonly string[]
}

/** Reads the state once every session but this one has ended: the server works on for a while after a kill. */
export async function readState(client: Client): Promise<State> {
  await alone(client)
  const { rows: names } = await client.query<{ nspname: string }>(
    `select nspname from pg_namespace where nspname ~ '^(tenant|private)_' or nspname = 'public' order by 1`,
  )
  const schemas = await fingerprintSchemas(
    client,
    names.map((row) => row.nspname),
    { protections: true },
  )
  const { rows: control } = await client.query<{ present: boolean }>(
    `select to_regclass('dbsvc.targets') is not null as present`,
  )
  const rows = await countRows(client)
  if (control[0]?.present !== true) return { companies: {}, targets: [], ledger: [], schemas, rows, others: [] }

  const lines = async (sql: string): Promise<string[]> => {
    const { rows: found } = await client.query<{ line: string }>(`select line from (${sql}) listed order by line`)
    return found.map((row) => row.line)
  }
  const { rows: companies } = await client.query<{ company: string; line: string }>(
    `select company_id as company, concat_ws(' ', name, tier, labels, limits, state, login_role) as line from dbsvc.companies`,
  )
  const { rows: targets } = await client.query<Target>(
    'select scope, company_id as company, applied, history from dbsvc.targets order by scope, company_id',
  )
  return {
    companies: Object.fromEntries(companies.map(({ company, line }) => [company, line])),
    targets,
    ledger: await lines(
      `select concat_ws(' ', scope, company_id, position, version, name, checksum, baseline) as line from dbsvc.ledger`,
    ),
    schemas,
    rows,
    others: await lines(
      `select concat_ws(' ', 'progress', company_id, name, direction, statements_done) as line from dbsvc.progress
       union all select concat_ws(' ', 'event', company_id, event) from dbsvc.company_events
       union all select concat_ws(' ', 'series', schema_name, view_name, time_column, kind) from dbsvc.time_series
       union all select concat_ws(' ', 'unprotected', scope, table_name) from dbsvc.exemptions`,
    ),
  }
}

/** Waits until every session but this one has ended. */
export async function alone(client: Client): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
    )
    if (rows[0]?.n === 0) return
    if (performance.now() > deadline) throw new Error(`${rows[0]?.n} sessions of an ended dbsvc are still there`)
    await delay(20)
  }
}

/** Twice inserted rows and half-done updates show in the count and the digest. */
async function countRows(client: Client): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ place: string }>(
    `select c.oid::regclass::text as place from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname ~ '^tenant_' and c.relkind = 'r' order by 1`,
  )
  if (tables.length === 0) return {}
  const { rows } = await client.query<{ place: string; digest: string }>(
    tables
      .map(
        ({ place }) =>
          `select '${place}' as place, concat(count(*), ' ', md5(string_agg(t::text, ',' order by t::text))) as digest from ${place} t`,
      )
      .join(' union all '),
  )
  return Object.fromEntries(rows.map(({ place, digest }) => [place, digest]))
}

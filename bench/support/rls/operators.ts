import type { Client } from 'pg'
import { withClient } from '../database.ts'
import type { World } from './world.ts'

/** Whether an index on the company and a column serves a condition on that column. */
export interface OperatorFinding {
  readonly condition: string
  /** Without row security, under dbsvc's, and under the same with nothing marked LEAKPROOF by dbsvc. */
  readonly bare: boolean
  readonly secured: boolean
  readonly unmarked: boolean
}

const conditions: readonly (readonly [column: string, type: string, condition: string])[] = [
  ['a_text', 'text', `a_text = 'x'`],
  ['a_text', 'text', `a_text > 'x'`],
  ['a_text', 'text', `a_text like 'x%'`],
  ['a_text', 'text', `a_text in ('x', 'y')`],
  ['a_int', 'int', 'a_int = 1'],
  ['a_bigint', 'bigint', 'a_bigint < 1'],
  ['a_bigint', 'bigint', 'a_bigint between 1 and 2'],
  ['a_numeric', 'numeric(12, 2)', 'a_numeric = 1.5'],
  ['a_numeric', 'numeric(12, 2)', 'a_numeric > 1.5'],
  ['a_float', 'double precision', 'a_float > 1.5'],
  ['a_time', 'timestamptz', `a_time > timestamptz '2026-01-01'`],
  ['a_time', 'timestamptz', `a_time > date '2026-01-01'`],
  ['a_date', 'date', `a_date = date '2026-01-01'`],
  ['a_date', 'date', `a_date < timestamptz '2026-01-01'`],
  ['a_uuid', 'uuid', `a_uuid = '00000000-0000-4000-8000-000000000000'`],
  ['a_bool', 'boolean', 'a_bool'],
  ['a_bytes', 'bytea', `a_bytes = 'x'`],
  ['an_inet', 'inet', `an_inet = '10.0.0.1'`],
  ['an_array', 'int[]', `an_array = '{1}'`],
  ['a_json', 'jsonb', `a_json = '{"a": 1}'`],
]

const marked = `'^(numeric_(eq|ne|lt|le|gt|ge)|(timestamptz_(eq|ne|lt|le|gt|ge)_date)|(date_(eq|ne|lt|le|gt|ge)_timestamptz))$'`

/** Looks at the plans of one condition each, on a table that dbsvc has protected. */
export async function findOperators({ database, company, proven }: World): Promise<OperatorFinding[]> {
  const columns = new Map(conditions.map(([column, type]) => [column, type]))
  const indexes = [...columns.keys()].map(
    (column) => `create index on operators (company_id, ${column} ${column === 'a_text' ? 'text_pattern_ops' : ''})`,
  )
  await withClient(database, async (client) => {
    await client.query(`begin; set local role dbsvc_owner; set local search_path = public;
      create table operators (company_id text not null, ${[...columns].map(([name, type]) => `${name} ${type}`).join(', ')});
      ${indexes.join(';\n')};
      create index on operators (company_id, a_text);
      select dbsvc.protect('shared', array['public']);
      commit;
      insert into operators (company_id, a_int) select case i % 50 when 0 then '${company}' else 'other' || i % 50 end, i from generate_series(1, 20000) i;
      analyze operators`)
  })
  const bare = await withClient(database, (client) => serving(client, `company_id = '${company}' and `))
  const secured = await under(proven)
  await withClient(database, (client) => mark(client, 'not leakproof'))
  const unmarked = await under(proven)
  await withClient(database, (client) => mark(client, 'leakproof'))
  return conditions.map(([, , condition], index) => ({
    condition,
    bare: bare[index] === true,
    secured: secured[index] === true,
    unmarked: unmarked[index] === true,
  }))
}

async function under(proven: World['proven']): Promise<boolean[]> {
  const client = await proven()
  try {
    return await serving(client, '')
  } finally {
    await client.end()
  }
}

/** For each condition whether its column is part of an index condition. */
async function serving(client: Client, company: string): Promise<boolean[]> {
  await client.query('set enable_seqscan = off')
  const found: boolean[] = []
  for (const [column, , condition] of conditions) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain select * from operators where ${company}${condition}`,
    )
    found.push(rows.some(({ 'QUERY PLAN': line }) => line.includes('Index Cond:') && line.includes(column)))
  }
  return found
}

async function mark(client: Client, how: 'leakproof' | 'not leakproof'): Promise<void> {
  await client.query(`do $do$ declare routine regprocedure; begin
    for routine in select oid::regprocedure from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ ${marked}
    loop execute format('alter function %s ${how}', routine); end loop; end $do$`)
}

import type { TestDatabase } from '../../support/database.ts'

/** The names dbsvc has recorded as applied to a target, oldest first; the company is '' for a scope without companies. */
export async function appliedTo({ query }: TestDatabase, scope: string, company = ''): Promise<string[]> {
  const rows = await query<{ name: string }>(
    'select name from dbsvc.ledger where scope = $1 and company_id = $2 order by position',
    [scope, company],
  )
  return rows.map((row) => row.name)
}

/** Tables, views and materialised views of a schema, in alphabetical order. */
export async function relationsIn({ query }: TestDatabase, schema: string): Promise<string[]> {
  const rows = await query<{ relname: string }>(
    `select relname from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p', 'v', 'm') order by relname`,
    [schema],
  )
  return rows.map((row) => row.relname)
}

export async function columnsOf({ query }: TestDatabase, table: string): Promise<string[]> {
  const rows = await query<{ attname: string }>(
    'select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum',
    [table],
  )
  return rows.map((row) => row.attname)
}

export async function policiesOf({ query }: TestDatabase, table: string): Promise<string[]> {
  const rows = await query<{ polname: string }>(
    'select polname from pg_policy where polrelid = to_regclass($1) order by polname',
    [table],
  )
  return rows.map((row) => row.polname)
}

/** Whether row security holds for a table, its owner included. */
export async function isForced({ query }: TestDatabase, table: string): Promise<boolean> {
  const rows = await query<{ forced: boolean }>(
    'select relrowsecurity and relforcerowsecurity as forced from pg_class where oid = to_regclass($1)',
    [table],
  )
  return rows[0]?.forced ?? false
}

export async function companiesOf({ query }: TestDatabase): Promise<string[]> {
  const rows = await query<{ company_id: string }>('select company_id from dbsvc.companies order by company_id')
  return rows.map((row) => row.company_id)
}

const catalogues: readonly string[] = [
  'select oid, relname, relnamespace, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, reloptions from pg_class',
  'select attrelid, attnum, attname, atttypid, attnotnull, attacl, attisdropped from pg_attribute',
  'select * from pg_namespace',
  'select * from pg_policy',
  'select * from pg_proc',
  'select * from pg_constraint',
  'select * from pg_trigger',
  'select * from pg_default_acl',
]

/** A digest of the catalogue and of every row in schema dbsvc: two that are equal mean that nothing was written. */
export async function fingerprint({ query }: TestDatabase): Promise<string> {
  const own = await query<{ place: string }>(
    `select oid::regclass::text as place from pg_class where relnamespace = to_regnamespace('dbsvc') and relkind = 'r' order by 1`,
  )
  const digests: string[] = []
  for (const rows of [...catalogues, ...own.map(({ place }) => `select * from ${place}`)]) {
    const [digest] = await query<{ md5: string }>(
      `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as md5 from (${rows}) t`,
    )
    digests.push(digest?.md5 ?? '')
  }
  return digests.join('\n')
}

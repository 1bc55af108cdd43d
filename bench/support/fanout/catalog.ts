import { createHash } from 'node:crypto'
import { type Database, withClient } from '../database.ts'
import { peerTable } from './peer-files.ts'

/** What a contender has built, for comparison. */
export interface Built {
  readonly companies: number
  /** Digest of columns, constraints and indexes. */
  readonly schema: string
  /** Digest of owners, grants, row security and policies. */
  readonly protection: string
}

const relations = `pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname not like '${peerTable}%'`

const schemaQuery = `
  select format('column %s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
      (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = c.oid and adnum = a.attnum)) as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0
      and not a.attisdropped join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname not like '${peerTable}%'
  union all
  select format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relname not like '${peerTable}%'
  union all
  select pg_get_indexdef(c.oid) from ${relations} and c.relkind = 'i'`

const protectionQuery = `
  select format('relation %s %s owner %s security %s %s grants %s', c.relkind, c.relname, c.relowner::regrole,
      c.relrowsecurity, c.relforcerowsecurity, (select array_agg(acl::text order by acl::text) from unnest(c.relacl) as acl)) as line
    from ${relations} and c.relkind <> 'i'
  union all
  select format('policy %s.%s %s %s %s using %s check %s', tablename, policyname, permissive, roles, cmd, qual, with_check)
    from pg_policies where schemaname = $1
  union all
  select format('schema owner %s grants %s', nspowner::regrole,
      (select array_agg(acl::text order by acl::text) from unnest(nspacl) as acl))
    from pg_namespace where nspname = $1
  union all
  select format('default %s %s grants %s', defaclrole::regrole, defaclobjtype,
      (select array_agg(acl::text order by acl::text) from unnest(defaclacl) as acl))
    from pg_default_acl where defaclnamespace = $1::regnamespace`

const sampleSize = 10

/** Reads some companies of a database back, evenly spread. @throws when two of them differ */
export async function inspectBuilt(database: Database): Promise<Built> {
  return withClient(database, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select nspname as name from pg_namespace where starts_with(nspname, 'tenant_') order by nspname`,
    )
    const step = Math.max(1, Math.floor(rows.length / sampleSize))
    const digests = new Set<string>()
    for (const { name } of rows.filter((_, index) => index % step === 0)) {
      const digest = async (query: string): Promise<string> => {
        const lines = await client.query<{ line: string }>(query, [name])
        return digestOf(
          lines.rows.map(({ line }) =>
            line.replaceAll(name, 'tenant_?').replaceAll(`'${name.slice('tenant_'.length)}'`, `'?'`),
          ),
        )
      }
      digests.add(`${await digest(schemaQuery)} ${await digest(protectionQuery)}`)
    }
    const [first = '', ...others] = digests
    if (others.length > 0) throw new Error(`the companies of ${database.database} are not all alike`)
    const [schema = '', protection = ''] = first.split(' ')
    return { companies: rows.length, schema, protection }
  })
}

function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex').slice(0, 16)
}

import type { Client } from 'pg'

export interface FingerprintOptions {
  /** With row security, policies, grants, owners and the view options that dbsvc adds; without them by default. */
  readonly protections?: boolean
}

/**
 * Describes everything in the schemas, one thing a line, sorted: two schemas of one name are the same when their descriptions are.
 * Data, sequence positions and sizes are not in it. A schema that does not exist has no description.
 */
export async function fingerprintSchemas(
  client: Client,
  schemas: readonly string[],
  { protections = false }: FingerprintOptions = {},
): Promise<Record<string, string>> {
  const found = new Map<string, string[]>()
  await client.query('begin transaction read only')
  try {
    // What search_path finds is printed without its schema.
    await client.query(`set local search_path = ''`)
    for (const sql of [...descriptions, ...(protections ? protectionDescriptions : [policies(dbsvcPolicies)])]) {
      const { rows } = await client.query<{ schema: string; line: string }>({ text: sql, values: [schemas] })
      for (const { schema, line } of rows) found.set(schema, [...(found.get(schema) ?? []), line])
    }
  } finally {
    await client.query('rollback')
  }
  return Object.fromEntries([...found].sort().map(([schema, lines]) => [schema, lines.sort().join('\n')]))
}

const dbsvcPolicies = ['company_isolation', 'company_proof', 'owner_access', 'user_update', 'user_delete']

const kinds = `case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
  when 'm' then 'materialized view' when 'f' then 'foreign table' when 'c' then 'composite type' end`

const comment = (object: string, catalog: string): string =>
  `coalesce(' comment ' || quote_literal(obj_description(${object}, '${catalog}')), '')`

const inSchema = `n.nspname = any ($1::text[])`

const descriptions: readonly string[] = [
  `select n.nspname as schema, concat('schema', ${comment('n.oid', 'pg_namespace')}) as line from pg_namespace n where ${inSchema}`,

  `select n.nspname as schema, concat(${kinds}, ' ', c.relname, case c.relpersistence when 'u' then ' unlogged' end,
     ' partition by ' || pg_get_partkeydef(c.oid), ' partition ' || pg_get_expr(c.relpartbound, c.oid),
     (select ' with ' || string_agg(o, ', ' order by o) from unnest(c.reloptions) o where o not like 'security_invoker=%'),
     (select string_agg(' inherits ' || i.inhparent::regclass, '' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
     case when c.relkind in ('v', 'm') then e'\n' || pg_get_viewdef(c.oid) end, ${comment('c.oid', 'pg_class')}) as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${inSchema} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c')`,

  `select n.nspname as schema, concat('column ', c.relname, '.', row_number() over (partition by c.oid order by a.attnum), ' ', a.attname, ' ',
     format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
     case when a.attcollation <> t.typcollation then ' collate ' || a.attcollation::regcollation end,
     case a.attidentity when 'a' then ' identity always' when 'd' then ' identity by default' end,
     case a.attgenerated when 's' then ' stored' when 'v' then ' virtual' else ' default' end || ' ' || pg_get_expr(d.adbin, d.adrelid),
     ' comment ' || quote_literal(col_description(c.oid, a.attnum))) as line
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   join pg_type t on t.oid = a.atttypid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where ${inSchema} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped`,

  `select n.nspname as schema, concat('constraint ', coalesce(c.relname, t.typname), ' ', k.conname, ' ', pg_get_constraintdef(k.oid),
     case when not k.convalidated then ' not valid' end, ${comment('k.oid', 'pg_constraint')}) as line
   from pg_constraint k join pg_namespace n on n.oid = k.connamespace
   left join pg_class c on c.oid = k.conrelid left join pg_type t on t.oid = k.contypid where ${inSchema}`,

  `select n.nspname as schema, concat('index ', pg_get_indexdef(c.oid), case when not i.indisvalid then ' invalid' end,
     case when i.indisclustered then ' clustered' end, case when i.indisreplident then ' replica identity' end,
     ${comment('c.oid', 'pg_class')}) as line
   from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace where ${inSchema}`,

  `select n.nspname as schema, concat('trigger ', pg_get_triggerdef(g.oid), ' enabled ', g.tgenabled, ${comment('g.oid', 'pg_trigger')}) as line
   from pg_trigger g join pg_class c on c.oid = g.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where ${inSchema} and not g.tgisinternal`,

  `select n.nspname as schema, concat('rule ', pg_get_ruledef(r.oid)) as line
   from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
   where ${inSchema} and r.rulename <> '_RETURN'`,

  `select n.nspname as schema, concat(case p.prokind when 'a' then 'aggregate ' || p.oid::regprocedure else pg_get_functiondef(p.oid) end,
     ${comment('p.oid', 'pg_proc')}) as line
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${inSchema}`,

  `select n.nspname as schema, concat(case t.typtype when 'e' then 'enum ' when 'd' then 'domain ' when 'r' then 'range ' end, t.typname,
     (select ' ' || string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
     case t.typtype when 'd' then ' ' || format_type(t.typbasetype, t.typtypmod) end, case when t.typnotnull then ' not null' end,
     ' default ' || t.typdefault, ${comment('t.oid', 'pg_type')}) as line
   from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${inSchema} and t.typtype in ('e', 'd', 'r')`,

  `select n.nspname as schema, concat('sequence ', c.relname, ' ', format_type(s.seqtypid, null), ' start ', s.seqstart, ' by ', s.seqincrement,
     ' from ', s.seqmin, ' to ', s.seqmax, ' cache ', s.seqcache, case when s.seqcycle then ' cycle' end,
     (select concat(' owned by ', d.refobjid::regclass, '.', a.attname) from pg_depend d
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')),
     ${comment('c.oid', 'pg_class')}) as line
   from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${inSchema}`,

  `select n.nspname as schema, concat('operator ', o.oid::regoperator, ' ', o.oprcode) as line
   from pg_operator o join pg_namespace n on n.oid = o.oprnamespace where ${inSchema}`,

  `select n.nspname as schema, pg_get_statisticsobjdef(s.oid) as line from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ${inSchema}`,
]

// PostgreSQL prints CASE over several.
const oneLine = (tree: string): string => `regexp_replace(pg_get_expr(${tree}, p.polrelid), '[[:space:]]+', ' ', 'g')`

const policies = (except: readonly string[]): string =>
  `select n.nspname as schema, concat('policy ', c.relname, ' ', p.polname, case when not p.polpermissive then ' restrictive' end, ' for ', p.polcmd, ' to ',
     (select string_agg(case r when 0 then 'public' else r::regrole::text end, ', ' order by 1) from unnest(p.polroles) r),
     ' using ' || ${oneLine('p.polqual')}, ' check ' || ${oneLine('p.polwithcheck')}) as line
   from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
   where ${inSchema} and p.polname <> all ('{${except.join(',')}}')`

const grants = (name: string): string =>
  `select n.nspname as schema, concat('grant ', ${name}, ' ', g.privilege_type, ' to ', case g.grantee when 0 then 'public' else g.grantee::regrole::text end,
     case when g.is_grantable then ' with grant option' end) as line`

const protectionDescriptions: readonly string[] = [
  policies([]),

  `select n.nspname as schema, concat('security of ', c.relname, ' owner ', c.relowner::regrole, case when c.relrowsecurity then ' enabled' end,
     case when c.relforcerowsecurity then ' forced' end,
     (select ' ' || string_agg(o, ', ') from unnest(c.reloptions) o where o like 'security_invoker=%')) as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${inSchema} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')`,

  `select n.nspname as schema, concat('owner of ', p.oid::regprocedure, ' ', p.proowner::regrole) as line
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${inSchema}`,

  ...[
    `${grants(`'on schema'`)} from pg_namespace n, aclexplode(n.nspacl) g`,
    `${grants(`'on ' || c.relname`)} from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g`,
    `${grants(`'on ' || p.oid::regprocedure`)} from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) g`,
    `${grants(`concat('by default on ', d.defaclobjtype)`)} from pg_default_acl d join pg_namespace n on n.oid = d.defaclnamespace,
       aclexplode(d.defaclacl) g`,
  ].map((sql) => `select schema, line from (${sql}) described where schema = any ($1::text[])`),
]

import type pg from 'pg'

/** Lead out of the database, to files, other servers or programs, or run text as SQL beside the guard. */
const piercing = [
  ...[
    'dblink',
    'postgres_fdw',
    'file_fdw',
    'mysql_fdw',
    'oracle_fdw',
    'tds_fdw',
    'mongo_fdw',
    'redis_fdw',
    'multicorn',
  ],
  ...['plperlu', 'plpythonu', 'plpython2u', 'plpython3u', 'pltclu', 'plsh', 'plr', 'pljava', 'plv8', 'pllua'],
  ...['http', 'pg_net', 'pg_cron', 'pg_background', 'adminpack', 'lo', 'tablefunc', 'xml2', 'pg_surgery'],
]

/** Show pages, statements or row versions of everybody. */
const inspecting = [
  ...[
    'pageinspect',
    'pg_buffercache',
    'pg_freespacemap',
    'pg_visibility',
    'pg_walinspect',
    'pgrowlocks',
    'pgstattuple',
  ],
  ...['pg_stat_statements', 'pg_stat_kcache', 'pg_qualstats', 'amcheck', 'pg_logicalinspect'],
]

export interface Extensions {
  readonly piercing: readonly string[]
  readonly inspecting: readonly string[]
  /** Untrusted languages that no such extension has brought. */
  readonly languages: readonly Language[]
}

export interface Language {
  readonly name: string
  /** The extension that has brought it, which a superuser drops in its place. */
  readonly extension: string | null
}

// Beside internal and c, in which only superusers can make functions, and which no cluster is without.
const languagesQuery = `
  select quote_ident(l.lanname) as name, quote_ident(e.extname) as extension
  from pg_language l
  left join pg_depend d on d.classid = 'pg_language'::regclass and d.objid = l.oid and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
  left join pg_extension e on e.oid = d.refobjid
  where l.lanispl and not l.lanpltrusted and (e.extname is null or e.extname <> all ($1))
  order by 1`

/** Extensions that are installed, and untrusted languages that came without one of them, as SQL writes them. */
export async function findExtensions(client: pg.Client): Promise<Extensions> {
  const { rows } = await client.query<{ name: string; quoted: string }>(
    `select extname as name, quote_ident(extname) as quoted from pg_extension where extname = any ($1) order by 1`,
    [[...piercing, ...inspecting]],
  )
  const among = (names: readonly string[]): string[] =>
    rows.filter(({ name }) => names.includes(name)).map(({ quoted }) => quoted)
  const { rows: languages } = await client.query<Language>(languagesQuery, [piercing])
  return { piercing: among(piercing), inspecting: among(inspecting), languages }
}

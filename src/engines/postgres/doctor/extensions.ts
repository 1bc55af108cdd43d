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
}

/** Extensions that are installed, and untrusted languages that came without one, as SQL writes them. */
export async function findExtensions(client: pg.Client): Promise<Extensions> {
  const { rows } = await client.query<{ name: string; quoted: string }>(
    `select extname as name, quote_ident(extname) as quoted from pg_extension where extname = any ($1) order by 1`,
    [[...piercing, ...inspecting]],
  )
  const among = (names: readonly string[]): string[] =>
    rows.filter(({ name }) => names.includes(name)).map(({ quoted }) => quoted)
  return { piercing: among(piercing), inspecting: among(inspecting) }
}

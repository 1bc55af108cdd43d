import pg from 'pg'

export interface Series {
  readonly schema: string
  readonly name: string
}

export interface EndingSeries extends Series {
  /** Quoted where SQL wants it so. */
  readonly place: string
  /** Whether there is a partition for the present. */
  readonly now: boolean
  /** The beginning of the first partition that is missing. */
  readonly until: string
}

export interface FilledDefault {
  readonly place: string
  readonly defaultPartition: string
  readonly rows: number
  readonly from: string
  readonly to: string
}

export interface PartitionFaults {
  readonly ending: readonly EndingSeries[]
  readonly filled: readonly FilledDefault[]
}

// Partitions by the names that dbsvc.extend_time_series gives them, up to half of what is to be ahead.
const endingQuery = `
  select s.schema_name as schema, s.view_name as name, format('%I.%I', s.schema_name, s.view_name) as place,
    min(start_at) > now() as now, to_char(min(start_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until
  from dbsvc.time_series s
  join pg_namespace n on n.nspname = s.private_schema
  cross join lateral generate_series(date_bin(s.chunk, now(), timestamptz '2000-01-01 00:00:00+00'), now() + s.ahead / 2, s.chunk) as start_at
  where s.kind = 'partitions' and not exists (
    select from pg_class c where c.relnamespace = n.oid
      and c.relname = s.view_name || '_p' || to_char(start_at at time zone 'UTC', 'YYYYMMDD"t"HH24MISS')
  )
  group by s.schema_name, s.view_name order by place`

// A default partition without a page holds nothing and need not be opened.
const defaultsQuery = `
  select format('%I.%I', s.schema_name, s.view_name) as place, format('%I.%I', s.private_schema, s.view_name || '_default') as "defaultPartition",
    s.time_column as time
  from dbsvc.time_series s
  where s.kind = 'partitions'
    and coalesce(pg_relation_size(to_regclass(format('%I.%I', s.private_schema, s.view_name || '_default'))), 0) > 0
  order by place`

export async function findPartitionFaults(client: pg.Client): Promise<PartitionFaults> {
  const { rows: ending } = await client.query<EndingSeries>(endingQuery)
  const { rows: defaults } = await client.query<{ place: string; defaultPartition: string; time: string }>(
    defaultsQuery,
  )
  const filled: FilledDefault[] = []
  for (const { place, defaultPartition, time } of defaults) {
    const column = pg.escapeIdentifier(time)
    await client.query('begin read only; set local role dbsvc_owner')
    const { rows } = await client.query<Omit<FilledDefault, 'place' | 'defaultPartition'>>(
      `select count(*)::integer as rows, min(${column})::text as from, max(${column})::text as to from ${defaultPartition}`,
    )
    await client.query('commit')
    const [found] = rows
    if (found !== undefined && found.rows > 0) filled.push({ place, defaultPartition, ...found })
  }
  return { ending, filled }
}

/** Makes the partitions that are missing, as the owner of what is there. */
export async function extendSeries(client: pg.Client, { schema, name }: Series): Promise<void> {
  const { escapeLiteral: literal } = pg
  try {
    await client.query(
      `begin; set local role dbsvc_owner;
       select dbsvc.extend_time_series(${literal(schema)}, ${literal(name)});
       commit;`,
    )
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

import pg from 'pg'
import type { Series } from '../time-series/series.ts'

export interface EndingSeries extends Series {
  /** Quoted where SQL wants it so. */
  readonly place: string
  /** Whether there is a partition for the present. */
  readonly now: boolean
  /** The beginning of the first partition that is missing. */
  readonly until: string
}

interface Filled {
  readonly series: Series
  readonly place: string
  readonly defaultPartition: string
}

export interface FilledDefault extends Filled {
  readonly rows: number
  /** How many of them are not to be kept. */
  readonly expired: number
  readonly from: string
  readonly to: string
  /** The time of the first row that is to be kept and could be placed; null without one. */
  readonly keptFrom: string | null
}

export interface OverdueSeries {
  readonly place: string
  /** Chunks or partitions none of whose rows was to be kept a day ago. */
  readonly pieces: number
  readonly from: string
}

export interface TimeSeriesFaults {
  readonly ending: readonly EndingSeries[]
  readonly filled: readonly FilledDefault[]
  readonly overdue: readonly OverdueSeries[]
}

// Up to half of what is to be ahead.
const endingQuery = `
  select s.schema_name as schema, s.view_name as name, format('%I.%I', s.schema_name, s.view_name) as place,
    min(start_at) > now() as now, to_char(min(start_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as until
  from dbsvc.time_series s
  cross join lateral dbsvc.missing_partitions(s.schema_name, s.view_name, now() + s.ahead / 2) as start_at
  where s.kind = 'partitions'
  group by s.schema_name, s.view_name order by place`

// A default partition without a page holds nothing and need not be opened.
const defaultsQuery = `
  select s.schema_name as schema, s.view_name as name, format('%I.%I', s.schema_name, s.view_name) as place,
    format('%I.%I', s.private_schema, s.view_name || '_default') as "defaultPartition",
    s.time_column as time, (now() - s.keep)::text as cutoff
  from dbsvc.time_series s
  join pg_namespace n on n.nspname = s.private_schema
  join pg_class c on c.relnamespace = n.oid and c.relname = s.view_name || '_default'
  where s.kind = 'partitions' and pg_relation_size(c.oid) > 0
  order by place`

// Whoever drops them once a day is not late.
const overdueQuery = `
  select format('%I.%I', schema_name, view_name) as place, count(*)::integer as pieces,
    to_char(min(until) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as from
  from dbsvc.expired_pieces(now() - interval '1 day') group by schema_name, view_name order by place`

interface Default extends Series {
  readonly place: string
  readonly defaultPartition: string
  readonly time: string
  readonly cutoff: string | null
}

export async function findTimeSeriesFaults(client: pg.Client): Promise<TimeSeriesFaults> {
  const { rows: ending } = await client.query<EndingSeries>(endingQuery)
  const { rows: defaults } = await client.query<Default>(defaultsQuery)
  const filled: FilledDefault[] = []
  for (const one of defaults) {
    const found = await lookInto(client, one)
    if (found.rows > 0) filled.push(found)
  }
  const { rows: overdue } = await client.query<OverdueSeries>(overdueQuery)
  return { ending, filled, overdue }
}

async function lookInto(
  client: pg.Client,
  { schema, name, place, defaultPartition, time, cutoff }: Default,
): Promise<FilledDefault> {
  const column = pg.escapeIdentifier(time)
  await client.query('begin read only; set local role dbsvc_owner')
  const { rows } = await client.query<Omit<FilledDefault, keyof Filled>>(
    `select count(*)::integer as rows, count(*) filter (where ${column} < $1)::integer as expired, min(${column})::text as from,
       max(${column})::text as to, (min(${column}) filter (where isfinite(${column}) and ($1::timestamptz is null or ${column} >= $1)))::text as "keptFrom"
     from only ${defaultPartition}`,
    [cutoff],
  )
  await client.query('commit')
  const [found] = rows
  if (found === undefined) throw new Error('an aggregate gave no row')
  return { series: { schema, name }, place, defaultPartition, ...found }
}

import pg from 'pg'
import type { Series } from './series.ts'

/** A time series on which there is something to do. */
export interface DueSeries extends Series {
  readonly kind: 'hypertable' | 'partitions'
  /** Quoted where SQL wants it so. */
  readonly place: string
  /** Partitions to be made ahead, once half of them are used up. */
  readonly missing: number
  /** Chunks or partitions none of whose rows is to be kept. */
  readonly expired: number
  /** Where the newest of them ends; null without any. */
  readonly until: Date | null
  /** The default partition that may hold rows which are not to be kept; null where there is none, or nothing in it. */
  readonly filledDefault: string | null
  readonly timeColumn: string
}

// Whoever looked at a clock gone ahead has made partitions for then: `extended_until` says nothing of now.
const isEnding = `s.kind = 'partitions' and (s.extended_until is null or s.extended_until < now() + s.ahead / 2
  or s.extended_until > now() + s.ahead + s.chunk)`

/** Series with too few partitions ahead, however many companies there are. */
export async function readEnding(client: pg.Client): Promise<Series[]> {
  const { rows } = await client.query<Series>(
    `select s.schema_name as schema, s.view_name as name from dbsvc.time_series s where ${isEnding} order by 1, 2`,
  )
  return rows
}

/** Series with anything to do, in one query however many companies there are. `now` and the server's clock: the earlier one counts. */
export async function readDue(client: pg.Client, now: Date): Promise<DueSeries[]> {
  // A default partition without a page holds nothing and need not be opened.
  const { rows } = await client.query<DueSeries>(
    `with expired as materialized (
       select schema_name, view_name, count(*)::integer as pieces, max(until) as until from dbsvc.expired_pieces($1) group by 1, 2
     ), due as (
       select s.schema_name as schema, s.view_name as name, s.kind, format('%I.%I', s.schema_name, s.view_name) as place,
         case when ${isEnding} then (
           select count(*)::integer from dbsvc.missing_partitions(s.schema_name, s.view_name, now() + s.ahead)
         ) else 0 end as missing, coalesce(e.pieces, 0) as expired, e.until,
         case when s.kind = 'partitions' and s.keep is not null and pg_relation_size(to_regclass(own.default_partition)) > 0
           then own.default_partition end as "filledDefault",
         s.time_column as "timeColumn"
       from dbsvc.time_series s
       cross join lateral (select format('%I.%I', s.private_schema, s.view_name || '_default') as default_partition) own
       left join expired e on e.schema_name = s.schema_name and e.view_name = s.view_name
     )
     select * from due where missing > 0 or expired > 0 or "filledDefault" is not null order by schema, name`,
    [now],
  )
  return rows
}

/** How many rows of a default partition are not to be kept. */
export async function countExpiredRows(client: pg.Client, series: DueSeries, now: Date): Promise<number> {
  const { filledDefault, timeColumn, schema, name } = series
  if (filledDefault === null) return 0
  await client.query('begin read only; set local role dbsvc_owner')
  try {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::integer as rows from only ${filledDefault} d, dbsvc.time_series s
       where s.schema_name = $1 and s.view_name = $2 and d.${pg.escapeIdentifier(timeColumn)} < least($3::timestamptz, now()) - s.keep`,
      [schema, name, now],
    )
    return rows[0]?.rows ?? 0
  } finally {
    await client.query('rollback')
  }
}

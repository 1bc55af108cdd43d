import type pg from 'pg'

/** Time series that differ only in the company they belong to. */
export interface SeriesGroup {
  readonly scope: 'shared' | 'tenant'
  readonly name: string
  readonly kind: 'hypertable' | 'partitions'
  /** As PostgreSQL prints an interval. */
  readonly chunk: string
  readonly ahead: string
  /** Null is for ever. */
  readonly keep: string | null
  readonly series: number
  /** How many of them have a chunk or partition that is too old to be kept, and how many those are together. */
  readonly due: number
  readonly expired: number
  /** How many of them are short of partitions ahead. */
  readonly short: number
}

/** All time series of the cluster, in one query however many companies there are. */
export async function readSeriesGroups(client: pg.Client, now: Date): Promise<SeriesGroup[]> {
  const { rows } = await client.query<SeriesGroup>(
    `with expired as materialized (
       select schema_name, view_name, count(*)::integer as pieces from dbsvc.expired_pieces($1) group by 1, 2
     )
     select case when s.schema_name like 'tenant\\_%' then 'tenant' else 'shared' end as scope, s.view_name as name, s.kind,
       s.chunk::text as chunk, s.ahead::text as ahead, s.keep::text as keep, count(*)::integer as series,
       count(e.pieces)::integer as due, coalesce(sum(e.pieces), 0)::integer as expired,
       count(*) filter (where s.kind = 'partitions' and (s.extended_until is null or s.extended_until < now() + s.ahead / 2))::integer as short
     from dbsvc.time_series s left join expired e on e.schema_name = s.schema_name and e.view_name = s.view_name
     group by 1, 2, 3, s.chunk, s.ahead, s.keep order by 1, 2, 6`,
    [now],
  )
  return rows
}

import type pg from 'pg'

/** Makes partitions ahead for the time series that have used up half of theirs. Hypertables make their chunks themselves. */
export async function extendTimeSeries(client: pg.Client): Promise<void> {
  await client.query(
    `select dbsvc.extend_time_series(schema_name, view_name) from dbsvc.time_series
     where kind = 'partitions' and extended_until < now() + ahead / 2`,
  )
}

import type pg from 'pg'

/** Makes partitions ahead for the time series that have used up half of theirs. Hypertables make their chunks themselves. */
export async function extendTimeSeries(client: pg.Client): Promise<void> {
  // As the owner of what is there: a migration that alters a time series must own all of its partitions.
  try {
    await client.query(
      `begin;
       set local role dbsvc_owner;
       select dbsvc.extend_time_series(schema_name, view_name) from dbsvc.time_series
         where kind = 'partitions' and extended_until < now() + ahead / 2;
       commit;`,
    )
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}

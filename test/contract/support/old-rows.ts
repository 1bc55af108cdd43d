import type { Engine } from '../../support/engines.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'

export const companies = ['company_abc', 'company_xyz']

/** The places of the series that `createOldRows` fills: one of all companies, and one of each. */
export const places = ['public.ticks', ...companies.map((company) => `tenant_${company}.quotes`)]

const shared = `-- Up Migration
create table ticks (time timestamptz not null, company_id varchar(50) not null, hour integer not null);
create index ticks_company on ticks (company_id, time desc);
select dbsvc.create_time_series('ticks', 'time', chunk => interval '1 hour', company_partitions => 2, keep => interval '24 hours');
-- Down Migration
select dbsvc.drop_time_series('ticks');`

const tenant = `-- Up Migration
create table quotes (time timestamptz not null, hour integer not null);
create index quotes_time on quotes (time desc);
select dbsvc.create_time_series('quotes', 'time', chunk => interval '1 hour', keep => interval '24 hours');
create table forever (time timestamptz not null, hour integer not null);
create index forever_time on forever (time desc);
select dbsvc.create_time_series('forever', 'time', chunk => interval '1 hour');
-- Down Migration
select dbsvc.drop_time_series('forever');
select dbsvc.drop_time_series('quotes');`

export const migrations = { 'postgres/shared/0001_ticks.sql': shared, 'postgres/tenant/0001_quotes.sql': tenant }

/** How many hours there are rows of, a row for each company, hour and series; a day of them is kept. */
export const hours = 48

/** A cluster whose series keep their rows for a day, with a row from the middle of each of the last 48 hours. */
export async function createOldRows(engine: Engine): Promise<Cluster> {
  const cluster = await createCluster(engine.server(), migrations)
  const series = [
    ['public', 'ticks'],
    ...companies.flatMap((company) => ['quotes', 'forever'].map((name) => [`tenant_${company}`, name])),
  ]
  for (const [schema = '', name = ''] of series) {
    await cluster.asOwner(
      'public',
      `select dbsvc.extend_time_series('${schema}', '${name}', now() - interval '49 hours')`,
    )
  }
  await fill(cluster)
  return cluster
}

export async function fill(cluster: Cluster): Promise<void> {
  const times = `generate_series(1, ${hours}) as hour, lateral (select date_bin('1 hour', now(), '2000-01-01') - hour * interval '1 hour' + interval '30 minutes' as time) t`
  for (const company of companies) {
    await cluster.database.query(
      `insert into private_shared.ticks (time, company_id, hour) select time, '${company}', hour from ${times}`,
    )
    for (const name of ['quotes', 'forever']) {
      await cluster.database.query(
        `insert into private_${company}.${name} (time, hour) select time, hour from ${times}`,
      )
    }
  }
}

/** The hours that are left of a series, the newest first. */
export async function hoursLeft(cluster: Cluster, place: string): Promise<number[]> {
  const rows = await cluster.database.query<{ hour: number }>(
    `select distinct hour from ${place.replace(/^(public|tenant)/, (home) => (home === 'public' ? 'private_shared' : 'private'))} order by hour`,
  )
  return rows.map(({ hour }) => hour)
}

/** Chunks and partitions of all series but default ones, read from the catalogues of their makers and not by dbsvc. */
export async function pieces(cluster: Cluster, engine: Engine): Promise<string[]> {
  const rows = await cluster.database.query<{ place: string }>(
    engine.timescale
      ? `select format('%I.%I', chunk_schema, chunk_name) as place from timescaledb_information.chunks order by 1`
      : `select i.inhrelid::regclass::text as place from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where c.relispartition and c.relkind = 'r' and c.relname !~ '_default$' order by 1`,
  )
  return rows.map(({ place }) => place)
}

export const kept = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

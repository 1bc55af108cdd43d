import { beforeAll, describe, expect, test } from 'vitest'
import { describeEngines } from '../support/engines.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

const abc = { company: 'company_abc' }
const xyz = { company: 'company_xyz' }
const insertTick = `insert into trading_ticks (time, company_id, user_id, symbol, bid) values ($1, $2, $3, $4, 1.5)`

async function symbolsOf(cluster: Cluster, caller: { company: string; user?: string }): Promise<string[]> {
  const { rows } = await cluster.as<{ symbol: string }>(caller, 'select symbol from trading_ticks order by symbol')
  return rows.map((row) => row.symbol)
}

describeEngines('a time series', (engine) => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await createCluster(engine.server())
    for (const { company } of [abc, xyz]) {
      for (const [user, symbol, time] of [
        ['u1', 'NOW', 'now'],
        ['u2', 'PAST', '2001-02-03'],
      ]) {
        await cluster.as({ company }, insertTick, [time, company, user, `${symbol}-${company.slice(-3)}`])
      }
    }
  }, 120_000)

  test('is kept by the means of its server', async () => {
    expect(
      await cluster.database.query('select view_name, kind, chunk::text from dbsvc.time_series order by 1'),
    ).toEqual([
      { view_name: 'ai_predictions', kind: engine.timescale ? 'hypertable' : 'partitions', chunk: '06:00:00' },
      { view_name: 'trading_ticks', kind: engine.timescale ? 'hypertable' : 'partitions', chunk: '01:00:00' },
    ])
  })

  test('shows each company its own rows, of all times, and each user its own', async () => {
    expect(await symbolsOf(cluster, abc)).toEqual(['NOW-abc', 'PAST-abc'])
    expect(await symbolsOf(cluster, xyz)).toEqual(['NOW-xyz', 'PAST-xyz'])
    expect(await symbolsOf(cluster, { ...abc, user: 'u2' })).toEqual(['PAST-abc'])
    expect(await symbolsOf(cluster, { ...abc, user: 'nobody' })).toEqual([])
  })

  test('takes no row of another company or user, and lets none be changed into one', async () => {
    await expect(cluster.as(abc, insertTick, ['now', 'company_xyz', 'u1', 'X'])).rejects.toMatchObject({
      code: '44000',
    })
    await expect(
      cluster.as({ ...abc, user: 'u1' }, insertTick, ['now', 'company_abc', 'u2', 'X']),
    ).rejects.toMatchObject({ code: '44000' })
    // A chunk may refuse the company before the view does: 23514.
    await expect(cluster.as(abc, `update trading_ticks set company_id = 'company_xyz'`)).rejects.toMatchObject({
      code: expect.stringMatching(/^(44000|23514)$/),
    })
    expect((await cluster.as(abc, `update trading_ticks set bid = 2 where company_id = 'company_xyz'`)).rowCount).toBe(
      0,
    )
    expect((await cluster.as({ ...abc, user: 'u1' }, `delete from trading_ticks where user_id = 'u2'`)).rowCount).toBe(
      0,
    )
    expect(await symbolsOf(cluster, xyz)).toEqual(['NOW-xyz', 'PAST-xyz'])
  })

  test('lets a company change and delete its rows, also by its own name', async () => {
    const own = `company_id = 'company_abc' and symbol = 'GONE'`
    await cluster.as(abc, insertTick, ['2001-02-03', 'company_abc', 'u1', 'GONE'])
    await cluster.as(xyz, insertTick, ['2001-02-03', 'company_xyz', 'u1', 'GONE'])
    expect((await cluster.as(abc, `update trading_ticks set bid = 2 where ${own}`)).rowCount).toBe(1)
    expect((await cluster.as(abc, `delete from trading_ticks where ${own}`)).rowCount).toBe(1)
    expect(await symbolsOf(cluster, xyz)).toContain('GONE')
    await cluster.as(xyz, `delete from trading_ticks where symbol = 'GONE'`)
  })

  test('cannot be reached behind its view', async () => {
    const places = await cluster.database.query<{ place: string }>(
      engine.timescale
        ? `select format('%I.%I', chunk_schema, chunk_name) as place from timescaledb_information.chunks union select 'private_shared.trading_ticks'`
        : `select c.oid::regclass::text as place from pg_class c where relnamespace = 'private_shared'::regnamespace and relkind in ('r', 'p')`,
    )
    expect(places.length).toBeGreaterThan(4)
    for (const { place } of places.slice(0, 20)) {
      await expect(cluster.as(abc, `select * from ${place}`), place).rejects.toMatchObject({ code: '42501' })
      await expect(cluster.as(abc, `delete from ${place}`), place).rejects.toMatchObject({ code: '42501' })
    }
    for (const call of [`extend_time_series('public', 'trading_ticks')`, `drop_time_series('trading_ticks')`]) {
      await expect(cluster.as(abc, `select dbsvc.${call}`)).rejects.toMatchObject({ code: '42501' })
    }
  })

  test('finds its rows by an index on company and symbol', async () => {
    const indexes = await cluster.database.query<{ definition: string }>(
      `select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = 'private_shared.trading_ticks'::regclass`,
    )
    expect(indexes.some(({ definition }) => /\(company_id, symbol, "?time"? DESC\)/.test(definition))).toBe(true)
  })

  test('shows a new column after refresh_time_series', async () => {
    await cluster.asOwner(
      'public',
      `alter table private_shared.ai_predictions add column venue text default 'lse'; select dbsvc.refresh_time_series('ai_predictions')`,
    )
    await cluster.as(
      abc,
      `insert into ai_predictions (time, company_id, user_id, symbol, prediction_type, confidence, venue) values (now(), 'company_abc', 'u1', 'A', 'buy', 0.5, 'nyse')`,
    )
    expect((await cluster.as(abc, 'select venue from ai_predictions')).rows).toEqual([{ venue: 'nyse' }])
    expect((await cluster.as(xyz, 'select venue from ai_predictions')).rows).toEqual([])
  })

  test('of a company lives in the company’s own private schema, and goes with the migration’s way down', async () => {
    const own = await createCluster(engine.server(), {
      'postgres/shared/.keep': '',
      'postgres/tenant/0001_quotes.sql': `-- Up Migration
create table quotes (time timestamptz not null, user_id text not null, price numeric);
create index quotes_user on quotes (user_id, time desc);
select dbsvc.create_time_series('quotes', 'time', chunk => interval '1 day');
-- Down Migration
select dbsvc.drop_time_series('quotes');`,
    })
    for (const caller of [abc, xyz]) {
      await own.as(caller, `insert into quotes values ('2001-02-03', 'u1', 1), (now(), 'u2', 2)`)
    }
    expect((await own.as(abc, 'select * from quotes')).rowCount).toBe(2)
    expect((await own.as({ ...abc, user: 'u1' }, 'select * from quotes')).rowCount).toBe(1)
    expect((await own.as(abc, 'select * from tenant_company_xyz.quotes')).rowCount).toBe(0)
    await expect(own.as(abc, 'select * from private_company_abc.quotes')).rejects.toMatchObject({ code: '42501' })
    const left = `select n.nspname || '.' || c.relname as place from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname ~ '^(private|tenant)_' or n.nspname = '_timescaledb_internal' and c.relname ~ 'chunk$'`
    expect(await own.database.query(left)).not.toEqual([])
    await own.dbsvc('migrate', 'down')
    expect(await own.database.query(left)).toEqual([])
    expect(await own.database.query('select * from dbsvc.time_series')).toEqual([])
    await own.dbsvc('migrate', 'up')
    expect((await own.as(abc, 'select * from quotes')).rowCount).toBe(0)
    await own.dbsvc('tenant', 'drop', 'company_abc', '--confirm', 'company_abc')
    expect(await own.database.query(`select nspname from pg_namespace where nspname like '%company\\_abc'`)).toEqual([])
    expect(await own.database.query('select schema_name from dbsvc.time_series')).toEqual([
      { schema_name: 'tenant_company_xyz' },
    ])
  })

  test('that is shared can be undone and made again', async () => {
    const own = await createCluster(engine.server())
    await own.as(abc, insertTick, ['now', 'company_abc', 'u1', 'A'])
    await own.dbsvc('migrate', 'down', '--scope', 'shared', '--to', '0001')
    expect(await own.database.query('select * from dbsvc.time_series')).toEqual([])
    await own.dbsvc('migrate', 'up')
    expect(await symbolsOf(own, abc)).toEqual([])
  })

  describe.runIf(engine.timescale)('as a hypertable', () => {
    test('has chunks of its interval and a dimension of companies', async () => {
      expect(
        await cluster.database.query(
          `select hypertable_schema || '.' || hypertable_name as place, column_name as column, time_interval::text as chunk, num_partitions as partitions
           from timescaledb_information.dimensions order by 1, dimension_number`,
        ),
      ).toEqual([
        { place: 'private_shared.ai_predictions', column: 'time', chunk: '06:00:00', partitions: null },
        { place: 'private_shared.ai_predictions', column: 'company_id', chunk: null, partitions: 4 },
        { place: 'private_shared.trading_ticks', column: 'time', chunk: '01:00:00', partitions: null },
        { place: 'private_shared.trading_ticks', column: 'company_id', chunk: null, partitions: 4 },
      ])
    })
  })

  describe.runIf(!engine.timescale)('as partitions', () => {
    const partitions = (): Promise<{ name: string; rows: number }[]> =>
      cluster.database.query(
        `select c.relname as name, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %s', c.oid::regclass), false, true, '')))[1]::text::int as rows
         from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'private_shared.trading_ticks'::regclass order by 1`,
      )

    test('has one for each hour of the next two days, and one for all other times', async () => {
      const found = await partitions()
      expect(found.filter(({ name }) => name === 'trading_ticks_default')).toEqual([
        { name: 'trading_ticks_default', rows: 2 },
      ])
      expect(found.length).toBeGreaterThanOrEqual(49)
      expect(found.length).toBeLessThanOrEqual(50)
      expect(
        await cluster.database.query(
          `select count(*)::int as gaps from generate_series(now(), now() + interval '47 hours', interval '1 hour') at
           where to_regclass('private_shared.trading_ticks_p' || to_char(date_trunc('hour', at) at time zone 'UTC', 'YYYYMMDD"t"HH24MISS')) is null`,
        ),
      ).toEqual([{ gaps: 0 }])
    })

    test('is extended later, and rows that came before their partition move to it', async () => {
      const own = await createCluster()
      const future = `now() + interval '5 days 90 minutes'`
      for (const { company } of [abc, xyz]) {
        await own.as(
          { company },
          `insert into trading_ticks (time, company_id, user_id, symbol) values (${future}, $1, 'u1', 'F')`,
          [company],
        )
      }
      const inDefault = 'select count(*)::int as n from private_shared.trading_ticks_default'
      expect(await own.database.query(inDefault)).toEqual([{ n: 2 }])
      await own.asOwner(
        'public',
        `select dbsvc.extend_time_series('public', 'trading_ticks', now() + interval '5 days')`,
      )
      expect(await own.database.query(inDefault)).toEqual([{ n: 0 }])
      expect(await symbolsOf(own, abc)).toEqual(['F'])
      await expect(own.as(abc, `select * from private_shared.trading_ticks`)).rejects.toMatchObject({ code: '42501' })
      const caught = await own.database.query<{ place: string }>(
        'select tableoid::regclass::text as place from private_shared.trading_ticks',
      )
      expect(caught).toHaveLength(2)
      for (const { place } of caught) {
        expect(place).toMatch(/trading_ticks_p\d{8}t\d{6}$/)
        // Made by hand and attached: it must have the indexes and the owner of the others.
        expect(
          await own.database.query(`select count(*)::int as n from pg_index where indrelid = '${place}'::regclass`),
        ).toEqual([{ n: 1 }])
        expect(
          await own.database.query(
            `select relowner::regrole::text as owner from pg_class where oid = '${place}'::regclass`,
          ),
        ).toEqual([{ owner: 'dbsvc_owner' }])
      }
    })

    test('is extended by migrate up once half of it is used', async () => {
      const own = await createCluster()
      const until = async (): Promise<Date> => {
        const [row] = await own.database.query<{ at: Date }>(
          `select extended_until as at from dbsvc.time_series where view_name = 'trading_ticks'`,
        )
        return row?.at ?? new Date(0)
      }
      const first = await until()
      await own.dbsvc('migrate', 'up')
      expect(await until()).toEqual(first)
      await own.database.query(
        `do $$ declare p text; begin
           for p in select c.oid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = 'private_shared.trading_ticks'::regclass
               and c.relname > 'trading_ticks_p' || to_char(now() at time zone 'UTC' + interval '10 hours', 'YYYYMMDD"t"HH24MISS') loop
             execute 'drop table ' || p; end loop;
           update dbsvc.time_series set extended_until = now() + interval '10 hours' where view_name = 'trading_ticks'; end $$`,
      )
      await own.dbsvc('migrate', 'up')
      expect((await until()).getTime()).toBeGreaterThan(Date.now() + 47 * 3_600_000)
      const [count] = await own.database.query<{ n: number }>(
        `select count(*)::int as n from pg_inherits where inhparent = 'private_shared.trading_ticks'::regclass`,
      )
      expect(count?.n).toBeGreaterThanOrEqual(49)
      expect(
        await own.database.query(
          `select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'private_shared.trading_ticks'::regclass and c.relowner <> 'dbsvc_owner'::regrole`,
        ),
      ).toEqual([])
    })
  })
})

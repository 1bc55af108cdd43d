import { beforeEach, describe, expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

const ticks = `-- Up Migration
create table ticks (
  time timestamptz not null, company_id varchar(50) not null, price numeric(10, 5) not null,
  twice numeric(12, 5) generated always as (price * 2) stored, id bigint generated always as identity
);
create index ticks_company on ticks (company_id, time desc);
select dbsvc.create_time_series('ticks', 'time', chunk => interval '1 hour', keep => interval '7 days');
-- Down Migration
select dbsvc.drop_time_series('ticks');`

const abc = { company: 'company_abc' }
const inDefault = 'select count(*)::int as n from only private_shared.ticks_default'

describeEngine('postgres', 'given rows that no partition is for', () => {
  let cluster: Cluster
  beforeEach(async () => {
    cluster = await createCluster(undefined, { 'postgres/shared/0001_ticks.sql': ticks })
  })

  /** Takes away the partitions ahead of now, as if nobody had made them, without telling dbsvc. */
  const loseAhead = (): Promise<unknown> =>
    cluster.database.query(
      `do $$ declare p text; begin
         for p in select inhrelid::regclass::text from pg_inherits where inhparent = 'private_shared.ticks'::regclass
           and inhrelid::regclass::text !~ '_default$' loop execute 'drop table ' || p; end loop;
         update dbsvc.time_series set extended_until = now(); end $$`,
    )
  const insert = (rows: number, time: string): Promise<unknown> =>
    cluster.database.query(
      `insert into private_shared.ticks (time, company_id, price)
       select ${time}, 'company_abc', n from generate_series(1, ${rows}) n`,
    )
  const count = async (sql: string): Promise<number> => (await cluster.database.query<{ n: number }>(sql))[0]?.n ?? -1

  test.each([
    [['migrate', 'up']],
    [['retention', 'run']],
  ])('when dbsvc %j makes the partitions of 10,000 of them, then all move there, as they are', async (command) => {
    await loseAhead()
    await insert(10_000, `now() + n % 40 * interval '1 hour'`)
    expect(await count(inDefault)).toBe(10_000)
    const digest = `select md5(string_agg(concat_ws(',', time, price, twice, id), ';' order by id)) as digest from private_shared.ticks`
    const before = await cluster.database.query(digest)
    await cluster.dbsvc(...command)
    expect(await count(inDefault)).toBe(0)
    expect(await cluster.database.query(digest)).toEqual(before)
    expect(await count(`select count(distinct tableoid)::int as n from private_shared.ticks`)).toBe(40)
    expect((await cluster.as(abc, 'select from ticks')).rowCount).toBe(10_000)
    // Identity goes on, and what is new is generated.
    await cluster.as(abc, `insert into ticks (time, company_id, price) values (now(), 'company_abc', 4)`)
    expect(await cluster.database.query('select twice from private_shared.ticks where id = 10001')).toEqual([
      { twice: '8.00000' },
    ])
  })

  test('when more of them come all the while, then none is lost, and neither the writer nor dbsvc fails', async () => {
    await loseAhead()
    let written = 0
    let ended = false
    const writing = (async () => {
      while (!ended) {
        await cluster.as(
          abc,
          `insert into ticks (time, company_id, price) select now() + n * interval '1 hour', 'company_abc', n from generate_series(0, 40) n`,
        )
        written += 41
      }
    })()
    try {
      await expect.poll(() => written).toBeGreaterThan(41)
      await cluster.dbsvc('migrate', 'up')
    } finally {
      ended = true
    }
    await writing
    expect((await cluster.as(abc, 'select from ticks')).rowCount).toBe(written)
    expect(await count(inDefault)).toBe(0)
  })

  test('when a transaction that has written one stays open, then dbsvc waits and tries again, and moves it too', async () => {
    await loseAhead()
    const writer = await cluster.database.connect()
    await writer.query(
      `begin; insert into private_shared.ticks (time, company_id, price) values (now(), 'company_abc', 1)`,
    )
    const running = cluster.dbsvc('migrate', 'up')
    const waits = `select count(*)::int as n from pg_locks l join pg_class c on c.oid = l.relation where not l.granted and c.relname = 'ticks'`
    await expect.poll(() => count(waits)).toBe(1)
    await writer.query('commit')
    await writer.end()
    await running
    expect(await count(inDefault)).toBe(0)
    expect(await count('select count(*)::int as n from private_shared.ticks')).toBe(1)
  })

  test('when they are too old to be kept, then retention deletes them and no other', async () => {
    await insert(25_000, `now() - interval '8 days'`)
    await insert(5, `now() - interval '6 days 23 hours'`)
    await insert(5, `now() + interval '300 years'`)
    await cluster.database.query(
      `insert into private_shared.ticks (time, company_id, price) values ('-infinity', 'company_abc', 0), ('infinity', 'company_abc', 0)`,
    )
    const foreseen = (await cluster.dbsvc('retention', 'run', '--dry-run', '--json')).json()
    const done = (await cluster.dbsvc('retention', 'run', '--json')).json()
    expect(done).toMatchObject({
      dryRun: false,
      series: [{ series: 'public.ticks', kind: 'partitions', made: 0, dropped: 0, deleted: 25_001 }],
    })
    expect(foreseen).toMatchObject({ dryRun: true, series: (done as { series: object }).series })
    expect(
      await cluster.database.query(
        "select count(*)::int as n, min(time) > now() - interval '7 days' as kept from private_shared.ticks",
      ),
    ).toEqual([{ n: 11, kept: true }])
    expect((await cluster.dbsvc('retention', 'run')).stdout).toBe('nothing to do\n')
  })

  test('when somebody holds one that is too old, then it is left to the next run', async () => {
    await insert(2, `now() - interval '8 days'`)
    const holder = await cluster.database.connect()
    await holder.query('begin; select from private_shared.ticks where price = 1 for update')
    await cluster.dbsvc('retention', 'run')
    expect(await cluster.database.query('select price::int from private_shared.ticks')).toEqual([{ price: 1 }])
    await holder.query('rollback')
    await holder.end()
    await cluster.dbsvc('retention', 'run')
    expect(await count('select count(*)::int as n from private_shared.ticks')).toBe(0)
  })

  describe('given partitions that were made while the clock was wrong', () => {
    test('when it is right again, then migrate up makes those of now', async () => {
      await loseAhead()
      await cluster.database.query(`update dbsvc.time_series set extended_until = now() + interval '10 years'`)
      await insert(3, 'now()')
      await cluster.dbsvc('migrate', 'up')
      expect(await count(inDefault)).toBe(0)
      expect(
        await count(
          `select count(*)::int as n from dbsvc.time_series where extended_until < now() + interval '3 days'`,
        ),
      ).toBe(1)
    })
  })

  test('when the sessions have a time zone with summer time, then a day is 24 hours all the same', async () => {
    const other = await createCluster(undefined, {
      'postgres/shared/0001_ticks.sql': ticks.replace(`'1 hour'`, `'1 day'`),
    })
    await other.database.query(`alter database ${other.database.database} set timezone = 'America/New_York'`)
    const session = await other.database.connect()
    for (const from of ['2026-10-30', '2026-11-02', '2026-11-10', '2027-03-12', '2027-03-16']) {
      await session.query(
        `begin; set local role dbsvc_owner; select dbsvc.extend_time_series('public', 'ticks', '${from}T12:00Z'); commit`,
      )
    }
    const { rows } = await session
      .query<{ bounds: string }>(
        `set timezone = 'UTC'; select pg_get_expr(relpartbound, oid) as bounds from pg_class where relname ~ '^ticks_p' and relkind = 'r'`,
      )
      .then((results) => (results as unknown as { rows: { bounds: string }[] }[])[1] ?? { rows: [] })
    await session.end()
    expect(rows.length).toBeGreaterThan(60)
    for (const { bounds } of rows) expect(bounds).toMatch(/FROM \('\S+ 00:00:00\+00'\) TO \('\S+ 00:00:00\+00'\)/)
  })
})

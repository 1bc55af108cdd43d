import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeEngines } from '../support/engines.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { companies, createOldRows, hours, hoursLeft, kept, migrations, pieces, places } from './support/old-rows.ts'

interface Upkeep {
  readonly dryRun: boolean
  readonly series: readonly { series: string; kind: string; made: number; dropped: number; deleted: number }[]
}

describeEngines('given series that keep their rows for a day, and rows of two', (engine) => {
  let cluster: Cluster
  const run = async (...flags: string[]): Promise<Upkeep> =>
    (await cluster.dbsvc('retention', 'run', '--json', ...flags)).json<Upkeep>()

  describe('when dbsvc retention run has run', () => {
    let before: string[]
    let foreseen: Upkeep
    let done: Upkeep
    beforeAll(async () => {
      cluster = await createOldRows(engine)
      before = await pieces(cluster, engine)
      foreseen = await run('--dry-run')
      expect(await pieces(cluster, engine)).toEqual(before)
      done = await run()
    }, 120_000)

    test('then of every series the rows of the last day are there, and none older by more than a chunk', async () => {
      for (const place of places) {
        const left = await hoursLeft(cluster, place)
        // The row of the 24th hour is up to half an hour older, or younger; the chunk of the 25th may still hold what is to be kept.
        expect([23, 24, 25].map(kept)).toContainEqual(left)
      }
      const [lost] = await cluster.database.query<{ lost: number }>(
        `select count(*)::int as lost from generate_series(1, ${hours}) as past (hour)
         where date_bin('1 hour', now(), '2000-01-01') - hour * interval '1 hour' + interval '30 minutes' >= now() - interval '24 hours'
           and (select count(*) from private_shared.ticks k where k.hour = past.hour) <> 2`,
      )
      expect(lost).toEqual({ lost: 0 })
    })

    test('then it says what it dropped, and what it would have, and the catalogue agrees', async () => {
      const after = await pieces(cluster, engine)
      const dropped = done.series.reduce((sum, one) => sum + one.dropped, 0)
      expect(before.length - after.length).toBe(dropped)
      expect(after.filter((place) => !before.includes(place))).toEqual([])
      expect(foreseen).toMatchObject({ dryRun: true, series: done.series })
      expect(done.series.map(({ series }) => series).sort()).toEqual([...places].sort())
      for (const { dropped: own, made, kind } of done.series) {
        expect(own).toBeGreaterThanOrEqual(23)
        expect([kind, made]).toEqual([engine.timescale ? 'hypertable' : 'partitions', 0])
      }
    })

    test('then what is kept for ever is all there', async () => {
      for (const company of companies) {
        expect(await hoursLeft(cluster, `tenant_${company}.forever`)).toEqual(kept(hours))
      }
    })

    test('then a second run finds nothing to do', async () => {
      const left = await pieces(cluster, engine)
      expect(await run()).toMatchObject({ series: [] })
      expect((await cluster.dbsvc('retention', 'run')).stdout).toBe('nothing to do\n')
      expect(await pieces(cluster, engine)).toEqual(left)
    })

    test('then companies read and write as before', async () => {
      const caller = { company: 'company_abc' }
      await cluster.as(caller, `insert into ticks (time, company_id, hour) values (now(), 'company_abc', 0)`)
      await cluster.as(caller, `insert into quotes (time, hour) values (now(), 0)`)
      expect((await cluster.as(caller, 'select from quotes where hour = 0')).rowCount).toBe(1)
      expect((await cluster.as({ company: 'company_xyz' }, 'select from ticks where hour = 0')).rowCount).toBe(0)
    })

    test('then doctor has nothing to say of them', async () => {
      await cluster.dbsvc('doctor', '--only', 'time-series', '--only', 'exposure')
    })
  })

  test('when four run at once, then each piece is dropped by one of them, and none fails', async () => {
    cluster = await createOldRows(engine)
    const before = await pieces(cluster, engine)
    const runs = await Promise.all([run(), run(), run(), run()])
    const dropped = runs.flatMap(({ series }) => series).reduce((sum, one) => sum + one.dropped, 0)
    expect(before.length - (await pieces(cluster, engine)).length).toBe(dropped)
    for (const place of places) expect([23, 24, 25].map(kept)).toContainEqual(await hoursLeft(cluster, place))
    expect(await run()).toMatchObject({ series: [] })
  })

  test('when a company is dropped while it runs, then neither fails', async () => {
    cluster = await createOldRows(engine)
    await Promise.all([run(), cluster.dbsvc('tenant', 'drop', 'company_xyz', '--confirm', 'company_xyz'), run()])
    expect([23, 24, 25].map(kept)).toContainEqual(await hoursLeft(cluster, 'tenant_company_abc.quotes'))
    expect(await cluster.database.query(`select from dbsvc.time_series where schema_name ~ 'xyz'`)).toEqual([])
  })

  test('when companies write all the while, then no row of theirs is lost and no write fails', async () => {
    cluster = await createOldRows(engine)
    let written = 0
    let ended = false
    const writing = (async () => {
      while (!ended) {
        await cluster.as(
          { company: 'company_abc' },
          `insert into ticks (time, company_id, hour) values (now(), 'company_abc', 0)`,
        )
        written += 1
      }
    })()
    try {
      await run()
    } finally {
      ended = true
    }
    await writing
    expect(written).toBeGreaterThan(5)
    const { rowCount } = await cluster.as({ company: 'company_abc' }, 'select from ticks where hour = 0')
    expect(rowCount).toBe(written)
  })

  describe('given one more migration', () => {
    beforeEach(async () => {
      cluster = await createCluster(engine.server(), migrations)
    })

    const keepOf = async (): Promise<unknown[]> =>
      cluster.database.query(
        `select schema_name as schema, keep::text from dbsvc.time_series where view_name in ('ticks', 'quotes') order by 1`,
      )

    test('when it changes how long rows are kept, then it counts for every company, and drift knows it', async () => {
      await cluster.project.write(
        'migrations/postgres/tenant/0002_keep.sql',
        `-- Up Migration\nselect dbsvc.keep_time_series('quotes', interval '1 month');\n-- Down Migration\nselect dbsvc.keep_time_series('quotes', null);`,
      )
      await cluster.dbsvc('migrate', 'up')
      expect(await keepOf()).toEqual([
        { schema: 'public', keep: '24:00:00' },
        { schema: 'tenant_company_abc', keep: '1 mon' },
        { schema: 'tenant_company_xyz', keep: '1 mon' },
      ])
      await cluster.dbsvc('migrate', 'squash', '--scope', 'tenant', '--to', '0002')
      await cluster.dbsvc('tenant', 'create', 'company_new')
      expect(await keepOf()).toContainEqual({ schema: 'tenant_company_new', keep: '1 mon' })
      await cluster.dbsvc('drift')
      await cluster.database.query(
        `update dbsvc.time_series set keep = null where schema_name = 'tenant_company_new' and view_name = 'quotes'`,
      )
      await expect(cluster.dbsvc('drift')).rejects.toThrow('exited with 1')
    })

    test.each([
      [`interval '0'`, 'cannot be kept for 00:00:00'],
      [`interval '-1 day'`, 'cannot be kept for -1 days'],
      // 30 days to PostgreSQL's comparison, and 28 less in February.
      [`interval '1 month -29 days'`, 'cannot be kept for 1 mon -29 days'],
      [`interval '1 day -1 hour'`, 'cannot be kept for 1 day -01:00:00'],
      [`interval '1001 years'`, 'cannot be kept for 1001 years'],
    ])('when rows are to be kept for %s, then it is refused', async (keep, reason) => {
      for (const call of [
        `keep_time_series('quotes', ${keep})`,
        `create_time_series('more', 'time', chunk => interval '1 hour', keep => ${keep})`,
      ]) {
        const table = call.startsWith('create') ? 'create table more (time timestamptz not null);' : ''
        await expect(cluster.asOwner('tenant_company_abc', `${table} select dbsvc.${call}`)).rejects.toThrow(reason)
        await cluster.database.query('rollback')
      }
      await expect(cluster.database.query(`update dbsvc.time_series set keep = ${keep}`)).rejects.toMatchObject({
        constraint: 'time_series_keep',
      })
    })

    test('when it names what is no time series, or counts in a time without zone, then it is refused', async () => {
      await expect(
        cluster.asOwner('public', `select dbsvc.keep_time_series('quotes', interval '1 day')`),
      ).rejects.toThrow('public.quotes is no time series')
      await cluster.database.query('rollback')
      await expect(
        cluster.asOwner(
          'public',
          `create table local (time timestamp not null); select dbsvc.create_time_series('local', 'time', chunk => interval '1 day', keep => interval '1 day')`,
        ),
      ).rejects.toThrow('the column time of the time series local must be timestamptz')
      await cluster.database.query('rollback')
    })

    test('when the name leaves no room for those of partitions, then it is refused', async () => {
      const create = (name: string): Promise<void> =>
        cluster.asOwner(
          'public',
          `create table ${name} (time timestamptz not null, company_id text not null); select dbsvc.create_time_series('${name}', 'time', chunk => interval '1 hour')`,
        )
      await create('a'.repeat(46))
      await expect(create('b'.repeat(47))).rejects.toThrow('is longer than 46 bytes')
      await cluster.database.query('rollback')
    })
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { describeEngine } from '../support/engines.ts'
import { startTimescale, type TimescaleServer } from '../support/timescale.ts'

describeEngine('timescaledb', 'the TimescaleDB that tests run on', () => {
  let server: TimescaleServer | null = null

  beforeAll(async () => {
    server = await startTimescale()
  })
  afterAll(() => server?.stop())

  test('makes hypertables', async () => {
    const database = await createDatabase(server ?? undefined)
    await database.query('create extension timescaledb')
    await database.query('create table ticks (at timestamptz not null, price float)')
    await database.query(`select create_hypertable('ticks', by_range('at'))`)
    await database.query(
      `insert into ticks select '2026-01-01'::timestamptz + n * interval '1 day', n from generate_series(1, 30) n`,
    )
    expect(await database.query(`select count(*)::int as chunks from show_chunks('ticks')`)).toEqual([{ chunks: 5 }])
  })
})

import { expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { startTimescale } from '../support/timescale.ts'
import { expectNothing, givenSetUpPatient } from './support/own-server.ts'

describeEngine('timescaledb', 'given a hypertable', () => {
  test('when a chunk can be reached, then it is named', async () => {
    const timescale = await startTimescale()
    const series = await givenSetUpPatient(timescale, { companies: ['abc'] })
    await series.database.query(
      `insert into private_shared.trading_ticks (company_id, user_id, symbol, time, bid, ask) values ('abc', 'u', 'X', now(), 1, 1)`,
    )
    expectNothing(await series.examine(['--only', 'exposure']))
    const [chunk] = await series.database.query<{ place: string }>(
      `select c.oid::regclass::text as place from pg_class c where relname like '_hyper_%_chunk' limit 1`,
    )
    await series.database.query(`grant select on ${chunk?.place} to database_service_role`)
    const diagnosis = await series.examine(['--only', 'exposure'])
    await timescale.stop()
    expect(diagnosis.findings.map(({ message }) => message)).toEqual([`${chunk?.place} can be reached without proof`])
  })
})

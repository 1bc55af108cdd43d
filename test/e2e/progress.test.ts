import { describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

const works = migration('create table notes (company_id text);')
const fails = migration('select 1 / 0;')

/** A cluster with one company, and a migration that it lacks. */
async function givenPending(sql: string): Promise<Given> {
  const given = await givenOrders({ companies: ['company_abc'] })
  await given.write('migrations/postgres/tenant/0002_next.sql', sql)
  return given
}

describe('given --json', () => {
  test('when a run succeeds, then its events come first and its result is the last line', async () => {
    const given = await givenPending(works)
    const before = Date.now()
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/migrate.up/1', failures: [] })
    const step = result.events().find(({ type }) => type === 'step')
    expect(step).toEqual({
      schema: 'dbsvc/event/1',
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      type: 'step',
      step: {
        direction: 'up',
        scope: 'tenant',
        migration: '0002_next',
        targets: 1,
        failed: 0,
        durationMs: expect.any(Number),
      },
    })
    expect(Date.parse(String(step?.at))).toBeGreaterThanOrEqual(before)
  })

  test('when a run fails, then the error is the last line', async () => {
    const given = await givenPending(fails)
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectError(result, ExitCode.Failed, result.json<ErrorDocument>().error.code)
    expect(result.json()).toMatchObject({ schema: 'dbsvc/error/1' })
    expect(result.events().map(({ type }) => type)).toContain('step')
  })

  test('when there is nothing to do, then the result is all there is', async () => {
    const given = await givenOrders()
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expect(result.events()).toEqual([])
    expect(result.json()).toMatchObject({ schema: 'dbsvc/migrate.up/1', steps: [] })
  })
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

describe('given a plan in a file', () => {
  let given: Given
  const having = async (): Promise<string[]> =>
    (
      await given.database.query<{ id: string }>(
        `select company_id as id from dbsvc.ledger where name = '0002_note' order by 1`,
      )
    ).map(({ id }) => id)
  const up = () => given.dbsvc(['migrate', 'up', '--plan', 'plan.json', '--json'])

  beforeEach(async () => {
    given = await givenOrders({ companies: ['a', 'b', 'c'] })
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note text;'))
    await given.write('migrations/postgres/tenant/0003_mark.sql', migration('alter table orders add column mark text;'))
    const result = await given.dbsvc([
      'migrate',
      'plan',
      '--to',
      '0002',
      '--exclude',
      'b',
      '--out',
      'plan.json',
      '--check',
    ])
    expectExit(result, ExitCode.Pending)
  })

  async function expectRefused(difference: RegExp): Promise<void> {
    const before = await having()
    const result = await up()
    expectExit(result, ExitCode.Refused)
    const { error } = result.json<ErrorDocument<{ differences: string[] }>>()
    expect(error.code).toBe('DBS-1410')
    expect(error.details.differences.join('\n')).toMatch(difference)
    expect(await having()).toEqual(before)
  }

  test('when nothing has changed, then exactly that is run', async () => {
    const file = JSON.parse(await readFile(join(given.directory, 'plan.json'), 'utf8'))
    expect(file).toMatchObject({
      schema: 'dbsvc/plan-file/1',
      request: { to: '0002', selection: { exclude: ['b'] } },
      migrations: [{ scope: 'tenant', name: '0002_note', targets: 2 }],
    })
    expectExit(await up(), ExitCode.Ok)
    expect(await having()).toEqual(['a', 'c'])
    expect(await appliedTo(given.database, 'tenant', 'a')).toEqual(['0001_orders', '0002_note'])
    // Once it is carried out it no longer holds.
    await expectRefused(/0002_note on 2 is no longer pending/)
  })

  test('when a file has changed since, then nothing is run', async () => {
    await given.write('migrations/postgres/tenant/0002_note.sql', migration('alter table orders add column note int;'))
    await expectRefused(/tenant 0002_note has been changed/)
  })

  test('when a file has come in between, then nothing is run', async () => {
    await given.write('migrations/postgres/tenant/0001_z.sql', migration('select 1;'))
    await expectRefused(/0001_z on 2 is not in it/)
  })

  test('when what a file imports has changed, then nothing is run', async () => {
    await given.write('migrations/lib.mjs', `export const type = 'text'`)
    await given.write(
      'migrations/postgres/tenant/0002_other.ts',
      `import { type } from '../../lib.mjs'\nexport const up = (pgm) => pgm.addColumn('orders', { other: { type } })`,
    )
    expectExit(await given.dbsvc(['migrate', 'plan', '--to', '0002', '--out', 'plan.json']), ExitCode.Ok)
    await given.write('migrations/lib.mjs', `export const type = 'integer'`)
    await expectRefused(/has been changed/)
  })

  test('when the fleet has changed since, also where the plan is not about it, then nothing is run', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--tenant', 'b', '--to', '0002']), ExitCode.Ok)
    await expectRefused(/the fleet has changed: 4 targets then, 4 now/)
  })

  test('when a company has come, then nothing is run', async () => {
    expectExit(await given.dbsvc(['tenant', 'create', 'd']), ExitCode.Ok)
    await expectRefused(/the fleet has changed: 4 targets then, 5 now/)
  })

  test('when it is run on another database with the same companies, then nothing is run', async () => {
    const other = await givenOrders({ companies: ['a', 'b', 'c'] })
    const result = await other.dbsvc(['migrate', 'up', '--plan', join(given.directory, 'plan.json')])
    expectError(result, ExitCode.Refused, 'DBS-1410')
    expect(result.stderr).toContain('it was made for another database')
  })

  test('when the file is none, or options are given beside it, then it is a usage error', async () => {
    await given.write('plan.json', '{"schema":"dbsvc/plan-file/1"}')
    expectError(await given.dbsvc(['migrate', 'up', '--plan', 'plan.json']), ExitCode.Usage, 'DBS-1309')
    expectError(await given.dbsvc(['migrate', 'up', '--plan', 'none.json']), ExitCode.Usage, 'DBS-1309')
    expectError(await given.dbsvc(['migrate', 'up', '--plan', 'plan.json', '--to', '0002']), ExitCode.Usage, 'DBS-1903')
  })
})

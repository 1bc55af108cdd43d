import { beforeEach, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { type ErrorDocument, expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

const waves = [
  { name: 'canary', labels: { ring: 'canary' } },
  { name: 'paying', tiers: ['pro', 'enterprise'], pauseMs: 300 },
]
const add = (column: string): string => migration(`alter table orders add column ${column} text;`)

describe('given six companies in three waves, and a migration that is pending', () => {
  let given: Given
  beforeEach(async () => {
    given = await givenOrders({ config: { migrations: { waves } } })
    expectExit(await given.dbsvc(['tenant', 'create', 'a', 'd', '--label', 'ring=canary']), ExitCode.Ok)
    expectExit(await given.dbsvc(['tenant', 'create', 'b', '--tier', 'pro']), ExitCode.Ok)
    expectExit(await given.dbsvc(['tenant', 'create', 'c', 'e', 'f']), ExitCode.Ok)
    await given.write('migrations/postgres/tenant/0002_note.sql', add('note'))
  })

  /** Companies that have the migration, in the order they got it. */
  async function havingIt(name = '0002_note'): Promise<string[]> {
    const rows = await given.database.query<{ company_id: string }>(
      'select company_id from dbsvc.ledger where name = $1 order by applied_at, company_id',
      [name],
    )
    return rows.map((row) => row.company_id)
  }

  test('when it is rolled out, then no wave begins before the one in front of it is through', async () => {
    const result = await given.dbsvc(['migrate', 'up'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('1 migration done\n')
    const order = await havingIt()
    expect(order.slice(0, 2).toSorted()).toEqual(['a', 'd'])
    expect(order[2]).toBe('b')
    expect(order.slice(3).toSorted()).toEqual(['c', 'e', 'f'])
    const [{ pause } = { pause: 0 }] = await given.database.query<{ pause: number }>(
      `select extract(epoch from min(applied_at) filter (where company_id in ('c', 'e', 'f'))
         - max(applied_at) filter (where company_id = 'b'))::float8 as pause from dbsvc.ledger where name = '0002_note'`,
    )
    expect(pause).toBeGreaterThan(0.29)
  })

  test('when one wave is asked for, then the others are left, and a later run has them only', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--wave', 'canary']), ExitCode.Ok)
    expect((await havingIt()).toSorted()).toEqual(['a', 'd'])
    expectExit(await given.dbsvc(['migrate', 'up', '--wave', 'rest', '--wave', 'paying']), ExitCode.Ok)
    expect(await havingIt()).toHaveLength(6)
  })

  test('when the plan is asked for, then it has the waves with what is pending in them', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--tenant', 'a']), ExitCode.Ok)
    const plan = (await given.dbsvc(['migrate', 'plan', '--json'])).json<{ waves: unknown }>()
    expect(plan.waves).toEqual([
      { name: 'canary', targets: 1 },
      { name: 'paying', targets: 1 },
      { name: 'rest', targets: 3 },
    ])
    const narrow = await given.dbsvc(['migrate', 'plan', '--wave', 'rest', '--exclude', 'f', '--json'])
    expect(narrow.json()).toMatchObject({ waves: [{ name: 'rest', targets: 2 }], migrations: [{ targets: 2 }] })
    const single = await given.dbsvc(['migrate', 'plan', '--tenant', 'd', '--json'])
    expect(single.json()).toMatchObject({ waves: [{ name: 'canary', targets: 1 }], migrations: [{ targets: 1 }] })
  })

  test('when companies are named or excluded, then it is done to these, and not to those', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--tenant', 'c', '--tenant', 'd', '--exclude', 'd']), ExitCode.Ok)
    expect(await havingIt()).toEqual(['c'])
    expectExit(await given.dbsvc(['migrate', 'up', '--exclude', 'f']), ExitCode.Ok)
    expect((await havingIt()).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('when a company or a wave is named that is not there, then nothing is run', async () => {
    expectError(await given.dbsvc(['migrate', 'up', '--tenant', 'nobody']), ExitCode.NotFound, 'DBS-1203')
    expectError(await given.dbsvc(['migrate', 'up', '--exclude', 'nobody']), ExitCode.NotFound, 'DBS-1203')
    const result = await given.dbsvc(['migrate', 'up', '--wave', 'cannary'])
    expectError(result, ExitCode.NotFound, 'DBS-1308')
    expect(result.stderr).toContain('there are: canary, paying, rest')
    expect(await havingIt()).toEqual([])
  })

  test('when one of the canaries fails, then the run stops before the next wave, and goes on once it is mended', async () => {
    await given.database.query('alter table tenant_d.orders add column note text')
    const result = await given.dbsvc(['migrate', 'up', '--json'])
    expectExit(result, ExitCode.Failed)
    const { error } = result.json<ErrorDocument<{ wave: string; failures: { target: string }[]; applied: number }>>()
    expect(error.code).toBe('DBS-1506')
    expect(error.details).toMatchObject({ wave: 'canary', failures: [{ target: 'd' }], applied: 1 })
    expect(await havingIt()).toEqual(['a'])
    await given.database.query('alter table tenant_d.orders drop column note')
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await havingIt()).toHaveLength(6)
  })

  test('when down and redo are asked of some, then the others keep what they have', async () => {
    await given.write(
      'migrations/postgres/tenant/0002_note.sql',
      `${add('note')}-- Down Migration\nalter table orders drop column note;`,
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'down', '--wave', 'canary', '--exclude', 'a']), ExitCode.Ok)
    expect((await havingIt()).toSorted()).toEqual(['a', 'b', 'c', 'e', 'f'])
    expectExit(await given.dbsvc(['migrate', 'down', '--tenant', 'e']), ExitCode.Ok)
    expect((await havingIt()).toSorted()).toEqual(['a', 'b', 'c', 'f'])
    const before = await given.database.query(
      `select applied_at from dbsvc.ledger where company_id = 'f' and name = '0002_note'`,
    )
    expectExit(await given.dbsvc(['migrate', 'redo', '--wave', 'rest', '--exclude', 'e']), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'redo', '--tenant', 'a']), ExitCode.Ok)
    expect((await havingIt()).at(-1)).toBe('a')
    const after = await given.database.query(
      `select applied_at from dbsvc.ledger where company_id = 'f' and name = '0002_note'`,
    )
    expect(after).not.toEqual(before)
    expect(await appliedTo(given.database, 'tenant', 'e')).toEqual(['0001_orders'])
  })
})

test('given a wave of a tenth, when it is rolled out twice, then both times it is the same companies', async () => {
  const companies = Array.from({ length: 25 }, (_, index) => `c${index}`)
  const given = await givenOrders({
    companies,
    config: { migrations: { waves: [{ name: 'tenth', percentage: 10 }] } },
  })
  const having = (name: string) =>
    given.database.query('select company_id from dbsvc.ledger where name = $1 order by 1', [name])
  await given.write('migrations/postgres/tenant/0002_note.sql', add('note'))
  expectExit(await given.dbsvc(['migrate', 'up', '--wave', 'tenth']), ExitCode.Ok)
  const first = await having('0002_note')
  expect(first).toHaveLength(3)
  await given.write('migrations/postgres/tenant/0003_mark.sql', add('mark'))
  expectExit(await given.dbsvc(['migrate', 'up', '--wave', 'tenth']), ExitCode.Ok)
  expect(await having('0003_mark')).toEqual(first)
})

test('given a wave that tolerates some failures, when more fail, then the rest of it is left too', async () => {
  const companies = Array.from({ length: 60 }, (_, index) => `c${String(index).padStart(2, '0')}`)
  const given = await givenOrders({
    companies,
    config: {
      migrations: { connections: 1, batchSize: 4, waves: [{ name: 'all', stopAfter: { failureRate: 0.05 } }] },
    },
  })
  for (const company of ['c05', 'c10', 'c15', 'c20', 'c25']) {
    await given.database.query(`alter table tenant_${company}.orders add column note text`)
  }
  await given.write('migrations/postgres/tenant/0002_note.sql', add('note'))
  const result = await given.dbsvc(['migrate', 'up'])
  expectError(result, ExitCode.Failed, 'DBS-1506')
  expect(result.stderr).toMatch(/stopped in wave all: 4 failed, 17 done, 39 of the wave not begun/)
})

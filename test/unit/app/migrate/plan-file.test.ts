import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../../src/app/migrate/plan.ts'
import { readPlan, writePlan } from '../../../../src/app/migrate/plan-file.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const plan: Plan = {
  place: 'db.internal:5432/app',
  fleet: { database: '7512/16384', targets: 3, digest: 'd41d8cd98f00b204e9800998ecf8427e' },
  waves: [{ name: 'rest', targets: 2 }],
  migrations: [
    {
      engine: 'postgres',
      scope: 'tenant',
      name: '0001_orders',
      file: '/project/migrations/postgres/tenant/0001_orders.sql',
      checksum: 'c0',
      transaction: true,
      sql: 'create table orders ();',
      sqlChecksum: 'c1',
      targets: 2,
    },
    {
      engine: 'postgres',
      scope: 'tenant',
      name: '0002_asks',
      file: '/project/migrations/postgres/tenant/0002_asks.ts',
      checksum: 'c2',
      transaction: true,
      sql: null,
      sqlChecksum: null,
      targets: 2,
    },
  ],
}

const request = { to: '0002', scope: 'tenant' as const, selection: { exclude: ['company_abc'] } }

const now = new Date('2026-03-04T05:06:07.890Z')

describe('given a plan', () => {
  test('when it is written and read, then it is what it was, and when it was made', async () => {
    const path = join((await temporaryFolder()).path, 'plan.json')
    await writePlan(path, plan, request, now)
    const read = await readPlan(path)
    expect(read).toMatchObject({ place: plan.place, fleet: plan.fleet, waves: plan.waves, request })
    expect(read.migrations.map(({ name, sqlChecksum }) => [name, sqlChecksum])).toEqual([
      ['0001_orders', 'c1'],
      ['0002_asks', null],
    ])
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      schema: 'dbsvc/plan-file/1',
      createdAt: '2026-03-04T05:06:07.890Z',
    })
  })

  test('when there is no place for it, then DBS-1304', async () => {
    const path = join((await temporaryFolder()).path, 'missing/plan.json')
    await expect(writePlan(path, plan, request, now)).rejects.toMatchObject({
      code: 'DBS-1304',
      message: expect.stringMatching(/plan\.json: ENOENT/),
    })
  })
})

describe('given a file that is no plan', () => {
  const whole = { schema: 'dbsvc/plan-file/1', createdAt: now.toISOString(), ...plan, request }

  test.each<[string, string, RegExp]>([
    ['empty', '', /JSON/],
    ['binary', '\u0000\u0001PGDMP\uFFFD', /JSON/],
    ['cut off', JSON.stringify(whole).slice(0, 200), /JSON/],
    ['YAML', 'schema: dbsvc/plan-file/1\n', /JSON/],
    ['null', 'null', /expected object/],
    ['a list', '[]', /expected object/],
    ['what --json prints', JSON.stringify({ ...whole, schema: 'dbsvc/migrate.plan/1' }), /schema/],
    ['of a later dbsvc', JSON.stringify({ ...whole, schema: 'dbsvc/plan-file/2' }), /schema/],
    ['without a fleet', JSON.stringify({ ...whole, fleet: undefined }), /fleet/],
    ['made at no time', JSON.stringify({ ...whole, createdAt: 'yesterday' }), /createdAt/],
    ['for a scope that is none', JSON.stringify({ ...whole, request: { ...request, scope: 'control' } }), /scope/],
    [
      'for companies that are no list',
      JSON.stringify({ ...whole, request: { selection: { tenants: 'a' } } }),
      /tenants/,
    ],
    [
      'with a request that this dbsvc does not know',
      JSON.stringify({ ...whole, request: { ...request, force: true } }),
      /force/,
    ],
    ['without a selection', JSON.stringify({ ...whole, request: {} }), /selection/],
    ['with half a target', JSON.stringify({ ...whole, waves: [{ name: 'rest', targets: 0.5 }] }), /targets/],
    [
      'with a migration without checksum',
      JSON.stringify({ ...whole, migrations: [{ scope: 'tenant', name: '0001_orders', targets: 2 }] }),
      /checksum/,
    ],
  ])('when it is %s, then DBS-1309 says why', async (_, content, reason) => {
    const path = await (await temporaryFolder()).write('plan.json', content)
    await expect(readPlan(path)).rejects.toMatchObject({
      code: 'DBS-1309',
      details: { file: path, reason: expect.stringMatching(reason) },
    })
  })

  test('when it is not there, or a folder, then DBS-1309', async () => {
    const { path } = await temporaryFolder()
    await expect(readPlan(join(path, 'plan.json'))).rejects.toMatchObject({
      code: 'DBS-1309',
      message: expect.stringContaining('ENOENT'),
    })
    await expect(readPlan(path)).rejects.toMatchObject({ code: 'DBS-1309' })
  })
})

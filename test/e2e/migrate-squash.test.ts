import { cp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo, fingerprint } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenProject, migration, orders } from './support/given.ts'
import { shop, structureOf, timelessStructures } from './support/shop.ts'

const folderOf = ({ directory }: Given, scope = 'tenant'): string => join(directory, 'migrations/postgres', scope)

async function filesOf(given: Given, scope = 'tenant'): Promise<string[]> {
  const files = await readdir(folderOf(given, scope), { recursive: true, withFileTypes: true })
  return files
    .filter((file) => file.isFile())
    .map((file) => (file.parentPath.endsWith('squashed') ? `squashed/${file.name}` : file.name))
    .sort()
}

const squash = (given: Given, to = '0002', scope = 'tenant') =>
  given.dbsvc(['migrate', 'squash', '--scope', scope, '--to', to, '--json'])

const history = {
  ...shop,
  'postgres/tenant/0002_color.js': `export const up = (pgm) => {
    pgm.addColumn('orders', { color: { type: 'varchar(10)', check: "color in ('red', 'blue')" } })
    pgm.noTransaction()
    pgm.createIndex('orders', 'color', { concurrently: true })
  }`,
  'postgres/tenant/0003_notes.sql': migration(
    'create table notes (id bigint primary key, text text);',
    'drop table notes;',
  ),
}
const before = ['0001_shop.sql', '0002_color.js', '0003_notes.sql']
const after = ['0002_baseline.sql', '0003_notes.sql', 'squashed/0001_shop.sql', 'squashed/0002_color.js']

/** Two companies at 0003 and one, `late`, at 0002. */
async function givenHistory(): Promise<Given> {
  const { 'postgres/tenant/0003_notes.sql': last, ...first } = history
  const given = await givenCluster({ migrations: first, companies: ['a', 'b', 'late'] })
  await given.database.query('create table tenant_late.notes (id int)')
  await given.write('migrations/postgres/tenant/0003_notes.sql', last)
  expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Failed)
  await given.database.query('drop table tenant_late.notes')
  return given
}

async function expectSquashed(given: Given): Promise<void> {
  expect(await filesOf(given)).toEqual(after)
  expect(await appliedTo(given.database, 'tenant', 'a')).toEqual(['0002_baseline', '0003_notes'])
  expect(await appliedTo(given.database, 'tenant', 'late')).toEqual(['0002_baseline'])
  const targets = await given.database.query(
    `select company_id, version, applied, (select array_agg(position order by position) from dbsvc.ledger l
       where l.company_id = t.company_id and l.scope = t.scope) as positions
     from dbsvc.targets t where scope = 'tenant' and company_id in ('a', 'late') order by 1`,
  )
  expect(targets).toEqual([
    { company_id: 'a', version: '0003', applied: 2, positions: [1, 2] },
    { company_id: 'late', version: '0002', applied: 1, positions: [1] },
  ])
}

describe('given companies with a history', () => {
  test('when it is squashed, then one baseline stands for it everywhere, and no structure has changed', async () => {
    const given = await givenHistory()
    const structure = await structureOf(given, 'a')
    const result = await squash(given)
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({
      schema: 'dbsvc/migrate.squash/1',
      scope: 'tenant',
      baseline: join(folderOf(given), '0002_baseline.sql'),
      squashed: ['0001_shop', '0002_color'],
      targets: 3,
    })
    await expectSquashed(given)
    expect(await structureOf(given, 'a')).toBe(structure)

    // What the digests are good for: the folder is known as what the companies have.
    expectExit(await given.dbsvc(['migrate', 'up', '--json']), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'status', '--check']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'late')).toEqual(['0002_baseline', '0003_notes'])
    expectExit(await given.dbsvc(['tenant', 'create', 'newcomer']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'newcomer')).toEqual(['0002_baseline', '0003_notes'])
    expect(await structureOf(given, 'newcomer')).toBe(structure)
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
    expectExit(await given.dbsvc(['migrate', 'down']), ExitCode.Ok)
    expectError(await given.dbsvc(['migrate', 'down']), ExitCode.Refused, 'DBS-1303')
  })

  test('when it is squashed again, then there is nothing to do; and later a baseline goes into the next', async () => {
    const given = await givenHistory()
    expectExit(await squash(given), ExitCode.Ok)
    const again = await squash(given)
    expectExit(again, ExitCode.Ok)
    expect(again.json()).toMatchObject({ baseline: null, targets: 0 })
    await expectSquashed(given)
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await squash(given, '3'), ExitCode.Ok)
    expect(await filesOf(given)).toEqual([
      '0003_baseline.sql',
      ...[...before, '0002_baseline.sql'].sort().map((file) => `squashed/${file}`),
    ])
    expect(await appliedTo(given.database, 'tenant', 'late')).toEqual(['0003_baseline'])
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
  })

  test('when a company is before the version, then it is refused and nothing has changed', async () => {
    const given = await givenHistory()
    const state = await fingerprint(given.database)
    const result = await squash(given, '0003')
    expectError(result, ExitCode.Refused, 'DBS-1421')
    expect(result.stderr).toContain('1 tenant target is before version 0003, such as late')
    expect(await filesOf(given)).toEqual(before)
    expect(await fingerprint(given.database)).toBe(state)
  })

  test('when the version does not exist, is the only one, or writes rows, then nothing is squashed', async () => {
    const given = await givenCluster({
      migrations: {
        'postgres/tenant/0001_orders.sql': orders,
        'postgres/tenant/0002_seed.sql': migration('insert into orders values (1, 1);'),
      },
      companies: ['a'],
    })
    expectError(await squash(given, '7'), ExitCode.NotFound, 'DBS-1305')
    expect((await squash(given, '1')).json()).toMatchObject({ baseline: null })
    const seed = await squash(given)
    expectError(seed, ExitCode.Refused, 'DBS-1423')
    expect(seed.stderr).toContain('write rows into orders')
    expect(await filesOf(given)).toEqual(['0001_orders.sql', '0002_seed.sql'])
  })

  test('when a later file needs shorthands of a squashed one, then it is refused', async () => {
    const given = await givenCluster({
      migrations: {
        'postgres/tenant/0001_words.js': `export const shorthands = { money: { type: 'numeric(9, 2)' } }; export const up = (pgm) => pgm.createTable('a', { a: 'money' })`,
        'postgres/tenant/0002_orders.sql': orders,
        'postgres/tenant/0003_more.js': `export const up = (pgm) => pgm.createTable('b', { b: 'money' })`,
      },
      companies: ['a'],
    })
    const result = await squash(given)
    expectError(result, ExitCode.Refused, 'DBS-1302')
    expect(result.stderr).toMatch(/0003_more\.js: it uses shorthands/)
    expect(await filesOf(given)).toEqual(['0001_words.js', '0002_orders.sql', '0003_more.js'])
  })
})

describe('given a squash that was cut off', () => {
  const back = async (given: Given, files: readonly string[]): Promise<void> => {
    for (const file of files) await rename(join(folderOf(given), 'squashed', file), join(folderOf(given), file))
  }
  const hide = (given: Given): Promise<void> =>
    rename(join(folderOf(given), '0002_baseline.sql'), join(folderOf(given), 'squashed', '0002_baseline.sql'))

  test('before the ledger moved, by kill -9, then the folder is as before, and the next run is a first one', async () => {
    const given = await givenHistory()
    const holder = await given.database.connect()
    // Whoever reads is let through; the ledger's transaction is not.
    await holder.query('begin; lock table dbsvc.targets in row exclusive mode')
    const running = given.start(['migrate', 'squash', '--scope', 'tenant', '--to', '0002'])
    await expect
      .poll(
        () => given.database.query(`select from pg_locks where relation = 'dbsvc.targets'::regclass and not granted`),
        {
          timeout: 20_000,
        },
      )
      .toHaveLength(1)
    running.kill('SIGKILL')
    await running.exited
    await holder.query('rollback')
    expect(await filesOf(given)).toEqual([...before, 'squashed/0002_baseline.sql'])
    expectExit(await given.dbsvc(['migrate', 'status']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'tenant', 'a')).toEqual(['0001_shop', '0002_color', '0003_notes'])
    expectExit(await squash(given), ExitCode.Ok)
    await expectSquashed(given)
  })

  test('before any file moved, then other commands refuse, a company made meanwhile is moved too, and it ends well', async () => {
    const given = await givenHistory()
    expectExit(await squash(given), ExitCode.Ok)
    await hide(given)
    await back(given, ['0001_shop.sql', '0002_color.js'])
    expect(await filesOf(given)).toEqual([...before, 'squashed/0002_baseline.sql'])
    expectError(await given.dbsvc(['migrate', 'up']), ExitCode.Refused, 'DBS-1402')
    expectExit(await given.dbsvc(['tenant', 'create', 'between']), ExitCode.Ok)

    const result = await squash(given)
    expectExit(result, ExitCode.Ok)
    expect(result.json()).toMatchObject({ targets: 1, squashed: ['0001_shop', '0002_color'] })
    await expectSquashed(given)
    expect(await appliedTo(given.database, 'tenant', 'between')).toEqual(['0002_baseline', '0003_notes'])
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
  })

  test('between the files, then no company can be made of half a history, and it ends well', async () => {
    const given = await givenHistory()
    expectExit(await squash(given), ExitCode.Ok)
    await back(given, ['0001_shop.sql'])
    expect((await given.dbsvc(['tenant', 'create', 'between'])).exitCode).not.toBe(ExitCode.Ok)
    expect(await given.database.query(`select from dbsvc.companies where company_id = 'between'`)).toEqual([])
    expectExit(await squash(given, '2'), ExitCode.Ok)
    await expectSquashed(given)
  })
})

describe('given another cluster with the same history', () => {
  test('when the squashed folder comes to it, then the same command moves its ledger too', async () => {
    const given = await givenHistory()
    const other = await givenHistory()
    expectExit(await squash(given), ExitCode.Ok)
    const text = await readFile(join(folderOf(given), '0002_baseline.sql'), 'utf8')
    await rm(folderOf(other), { recursive: true })
    await cp(folderOf(given), folderOf(other), { recursive: true })
    expectError(await other.dbsvc(['migrate', 'up']), ExitCode.Refused, 'DBS-1402')

    await other.write('migrations/postgres/tenant/0002_baseline.sql', `${text}\ndrop table customers cascade;\n`)
    const edited = await squash(other)
    expectError(edited, ExitCode.Failed, 'DBS-1422')
    expect(edited.stderr).toContain('missing table customers')
    expect(await appliedTo(other.database, 'tenant', 'late')).toEqual(['0001_shop', '0002_color'])

    await other.write('migrations/postgres/tenant/0002_baseline.sql', text)
    expectExit(await squash(other), ExitCode.Ok)
    await expectSquashed(other)
    expectExit(await other.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await other.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
  })
})

describe('given the schema that ships, in a project of its own', () => {
  test('when both scopes are squashed, then a cluster built from the baselines is the same in everything', async () => {
    const given = await givenProject()
    const shipped = fileURLToPath(new URL('../../migrations/postgres', import.meta.url))
    for (const scope of ['shared', 'tenant'])
      await cp(join(shipped, scope), folderOf(given, scope), { recursive: true })
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['tenant', 'create', 'a']), ExitCode.Ok)
    expectExit(await squash(given, '0005', 'shared'), ExitCode.Ok)
    expectExit(await squash(given, '0004', 'tenant'), ExitCode.Ok)
    expect((await filesOf(given, 'shared')).filter((file) => !file.startsWith('squashed/'))).toEqual([
      '0005_baseline.sql',
    ])
    expect(await readFile(join(folderOf(given, 'shared'), '0005_baseline.sql'), 'utf8')).toContain(
      'company_partitions => 4',
    )
    expectExit(await given.dbsvc(['drift', '--scope', 'shared']), ExitCode.Ok)

    const copy = await givenProject()
    await cp(join(given.directory, 'migrations'), join(copy.directory, 'migrations'), { recursive: true })
    expectExit(await copy.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await copy.dbsvc(['tenant', 'create', 'a']), ExitCode.Ok)
    const schemas = ['public', 'private_shared', 'tenant_a']
    const read = (one: Given) => timelessStructures(one, schemas, { protections: true })
    expect(await read(copy)).toEqual(await read(given))
  })

  test('when a table was left unprotected on purpose, then the baseline says so too', async () => {
    const given = await givenCluster({
      migrations: {
        'postgres/shared/0001_rates.sql': `-- dbsvc: unprotected rates because they are the same for all\n${migration('create table rates (day date primary key); ')}`,
        'postgres/shared/0002_more.sql': migration('create table more (company_id varchar(50) primary key);'),
      },
    })
    expectExit(await squash(given, '0002', 'shared'), ExitCode.Ok)
    expect(await given.database.query('select table_name, migration from dbsvc.exemptions')).toEqual([
      { table_name: 'rates', migration: '0002_baseline' },
    ])
    const copy = await givenProject()
    await cp(join(given.directory, 'migrations'), join(copy.directory, 'migrations'), { recursive: true })
    expectExit(await copy.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await copy.dbsvc(['drift', '--scope', 'shared']), ExitCode.Ok)
  })

  test('when the project has no migrations of its own, then DBS-1304', async () => {
    const given = await givenCluster()
    expectError(await squash(given, '0002', 'shared'), ExitCode.Failed, 'DBS-1304')
  })
})

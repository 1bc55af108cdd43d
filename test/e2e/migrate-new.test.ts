import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { appliedTo } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenOrders, givenProject, migration } from './support/given.ts'

describe('given a project with migrations', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc'] })
  })

  test('when a new one is asked for by name alone, then it is the next of the tenant scope, and its path is printed', async () => {
    const result = await given.dbsvc(['migrate', 'new', 'Add Leverage!'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('migrations/postgres/tenant/0002_add_leverage.sql\n')
    const text = await readFile(join(given.directory, result.stdout.trim()), 'utf8')
    expect(text).toBe('-- Up Migration\n\n-- Down Migration\n')
  })

  test.each([
    'ts',
    'js',
  ])('when it is asked for in --language %s and --scope shared, then the file has both ways', async (language) => {
    const name = `rates_${language}`
    const result = await given.dbsvc([
      'migrate',
      'new',
      name,
      '--engine',
      'postgres',
      '--scope',
      'shared',
      '--language',
      language,
      '--json',
    ])
    expectExit(result, ExitCode.Ok)
    const { schema, file } = result.json<{ schema: string; file: string }>()
    expect(schema).toBe('dbsvc/migrate.new/1')
    expect(file).toMatch(new RegExp(`/migrations/postgres/shared/000[12]_${name}\\.${language}$`))
    const text = await readFile(file, 'utf8')
    expect(text).toContain('export const up')
    expect(text).toContain('export const down')
  })

  test('when they are applied as they are, then every language is understood', async () => {
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await appliedTo(given.database, 'shared')).toEqual(['0001_rates_ts', '0002_rates_js'])
    expect(await appliedTo(given.database, 'tenant', 'abc')).toEqual(['0001_orders', '0002_add_leverage'])
  })

  test('when the last version is wide, then the next is as wide and one higher', async () => {
    await given.write('migrations/postgres/tenant/20260102030405999_wide.sql', migration('select 1;'))
    const result = await given.dbsvc(['migrate', 'new', 'next', '-s', 'tenant', '-l', 'sql'])
    expect(result.stdout).toBe('migrations/postgres/tenant/20260102030406000_next.sql\n')
  })

  test.each([
    [['new', '...'], ExitCode.Refused, 'DBS-1302'],
    [['new', ''], ExitCode.Refused, 'DBS-1302'],
    [['new'], ExitCode.Usage, 'DBS-1903'],
    [['new', 'x', '--engine', 'oracle'], ExitCode.Usage, 'DBS-1903'],
    [['new', 'x', '--scope', 'control'], ExitCode.Usage, 'DBS-1903'],
    [['new', 'x', '--language', 'py'], ExitCode.Usage, 'DBS-1903'],
  ] as const)('when it is %j, then it is refused and no file is written', async (args, exitCode, code) => {
    const folder = join(given.directory, 'migrations/postgres/tenant')
    const before = await readdir(folder)
    expectError(await given.dbsvc(['migrate', ...args]), exitCode, code)
    expect(await readdir(folder)).toEqual(before)
  })
})

describe('given a project that uses the schema that ships', () => {
  test('when a new migration is asked for, then dbsvc does not write into its own package', async () => {
    const given = await givenProject()
    const result = await given.dbsvc(['migrate', 'new', 'mine'])
    expectError(result, ExitCode.Failed, 'DBS-1304')
    expect(result.stderr).toContain('dbsvc init')
  })
})

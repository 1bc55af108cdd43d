import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { Finding } from '../../src/core/lint/finding.ts'
import { type DbsvcResult, runDbsvc } from '../support/dbsvc.ts'
import { type TemporaryFolder, temporaryFolder } from '../unit/temporary-folder.ts'
import { expectError, expectExit } from './support/given.ts'

const orders = 'migrations/postgres/tenant/0001_orders.sql'
const change = 'migrations/postgres/tenant/0002_change.sql'
const later = 'migrations/postgres/tenant/0003_later.sql'

const reversible = (up: string): string => `-- Up Migration\n${up}\n\n-- Down Migration\nselect 1;\n`

/** A project with one error, in 0002, and two warnings, in 0002 and 0003. No database is there. */
async function givenFaults(): Promise<TemporaryFolder & { lint(...args: string[]): Promise<DbsvcResult> }> {
  return givenMigrations({
    [orders]: reversible('create table orders (id bigint primary key, note text);'),
    [change]: reversible('create index orders_note on orders (note);\nalter table orders\n  drop column note;'),
    [later]: reversible('create table items (made_at timestamp);'),
  })
}

async function givenMigrations(
  files: Readonly<Record<string, string>>,
): Promise<TemporaryFolder & { lint(...args: string[]): Promise<DbsvcResult> }> {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(files)) await folder.write(path, content)
  return { ...folder, lint: (...args) => runDbsvc(['lint', ...args], { cwd: folder.path }) }
}

interface LintDocument {
  readonly schema: string
  readonly findings: readonly Finding[]
  readonly counts: Readonly<Record<string, number>>
  readonly migrations: number
}

describe('given migrations with an error', () => {
  test('when they are linted, then each finding names its place, rule and cure, and the exit code is 1', async () => {
    const { lint } = await givenFaults()
    const result = await lint()
    expectExit(result, ExitCode.Failed)
    expect(result.stdout.split('\n')).toEqual([
      `${change}:2:1: warning: orders takes no writes while orders_note is built [index-not-concurrent]`,
      '  mend: CREATE INDEX CONCURRENTLY in a .ts migration that says pgm.noTransaction().',
      `${change}:3:1: error: orders.note is dropped, and a running version may use it [drop-column]`,
      expect.stringMatching(/^ {2}mend: /),
      `${later}:2:21: warning: items.made_at is a timestamp without time zone [timestamp-without-time-zone]`,
      expect.stringMatching(/^ {2}mend: /),
      '1 error, 2 warnings in 3 migrations',
      '',
    ])
    expect(result.stderr).toBe('')
  })

  test.each([
    [['--json']],
    [['--format', 'json']],
  ])('when %j is given, then stdout is the shape lint/1', async (flags) => {
    const { lint } = await givenFaults()
    const result = await lint(...flags)
    expectExit(result, ExitCode.Failed)
    const { schema, findings, counts, migrations } = result.json<LintDocument>()
    expect({ schema, counts, migrations }).toEqual({
      schema: 'dbsvc/lint/1',
      counts: { error: 1, warning: 2, info: 0 },
      migrations: 3,
    })
    expect(findings[1]).toEqual({
      rule: 'drop-column',
      severity: 'error',
      message: 'orders.note is dropped, and a running version may use it',
      mend: expect.any(String),
      scope: 'tenant',
      migration: '0002_change',
      direction: 'up',
      file: change,
      line: 3,
      column: 1,
      sql: 'alter table orders\n  drop column note',
    })
  })

  test('when --format github is given, then each finding is an annotation', async () => {
    const { lint } = await givenFaults()
    const result = await lint('--format', 'github', '--severity', 'error')
    expectExit(result, ExitCode.Failed)
    expect(result.stdout).toBe(
      `::error file=${change},line=3,col=1,title=dbsvc lint%3A drop-column::orders.note is dropped, and a running version ` +
        'may use it%0ARelease a version that does not use the column first; then drop it, with a suppression that says since when.\n',
    )
  })

  test('when --format sarif is given, then stdout is a SARIF 2.1.0 log', async () => {
    const { lint } = await givenFaults()
    const result = await lint('--format', 'sarif')
    expectExit(result, ExitCode.Failed)
    const log = result.json<SarifLog>()
    expect(log.version).toBe('2.1.0')
    const [run] = log.runs
    expect(run?.tool.driver).toMatchObject({ name: 'dbsvc', version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    expect(
      run?.results.map(({ ruleId, ruleIndex, level }) => [ruleId, run.tool.driver.rules[ruleIndex]?.id, level]),
    ).toEqual([
      ['index-not-concurrent', 'index-not-concurrent', 'warning'],
      ['drop-column', 'drop-column', 'error'],
      ['timestamp-without-time-zone', 'timestamp-without-time-zone', 'warning'],
    ])
    expect(run?.results[1]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: change },
          region: { startLine: 3, startColumn: 1, snippet: { text: 'alter table orders\n  drop column note' } },
        },
      },
    ])
  })

  test('when --json and another format are given, then that is refused', async () => {
    const { lint } = await givenFaults()
    expectError(await lint('--json', '--format', 'sarif'), ExitCode.Usage, 'DBS-1903')
  })

  test('when --rule names rules, then only these are run', async () => {
    const { lint } = await givenFaults()
    const result = await lint('--rule', 'timestamp-without-time-zone', '--rule', 'char-type', later, '--json')
    expectExit(result, ExitCode.Ok)
    expect(result.json<LintDocument>().findings.map(({ rule }) => rule)).toEqual(['timestamp-without-time-zone'])
  })

  test('when --rule names none there is, then the nearest is told', async () => {
    const { lint } = await givenFaults()
    const result = await lint('--rule', 'drop-colum')
    expectError(result, ExitCode.Usage, 'DBS-1307')
    expect(result.stderr).toContain('hint: --rule drop-column')
  })

  test('when --severity is given, then what is below it is left out', async () => {
    const { lint } = await givenFaults()
    expect((await lint('--severity', 'error', '--json')).json<LintDocument>().counts).toEqual({
      error: 1,
      warning: 0,
      info: 0,
    })
    expectExit(await lint('--severity', 'grave'), ExitCode.Usage)
  })
})

describe('given files on the command line', () => {
  test('when one is named, then only its findings are told, and earlier files are still known', async () => {
    const { lint } = await givenFaults()
    const { findings, migrations } = (await lint(change, '--json')).json<LintDocument>()
    expect(findings.map(({ rule }) => rule)).toEqual(['index-not-concurrent', 'drop-column'])
    expect(migrations).toBe(1)
    expectExit(await lint(later), ExitCode.Ok)
  })

  test('when a folder is named, then what is in it is linted', async () => {
    const { lint } = await givenFaults()
    expect((await lint('migrations/postgres', '--json')).json<LintDocument>().migrations).toBe(3)
  })

  test('when dbsvc is run below the project, then files are named from there', async () => {
    const { path, write } = await givenFaults()
    await write('dbsvc.config.json', '{}')
    const result = await runDbsvc(['lint', '0002_change.sql', '--json'], {
      cwd: join(path, 'migrations/postgres/tenant'),
    })
    expectExit(result, ExitCode.Failed)
    expect(new Set(result.json<LintDocument>().findings.map(({ file }) => file))).toEqual(new Set(['0002_change.sql']))
  })

  test('when a file is no migration, then DBS-1306', async () => {
    const { lint } = await givenFaults()
    const result = await lint('README.md')
    expectError(result, ExitCode.NotFound, 'DBS-1306')
    expect(result.stderr).toContain('README.md is no migration')
  })
})

describe('given migrations with warnings and no error', () => {
  const warnings = { [later]: reversible('create table items (made_at timestamp, data json);') }

  test('when they are linted, then the exit code is 0', async () => {
    const { lint } = await givenMigrations(warnings)
    expectExit(await lint(), ExitCode.Ok)
  })

  test('when there are more than --max-warnings, then the exit code is 1 and the reason is told', async () => {
    const { lint } = await givenMigrations(warnings)
    const result = await lint('--max-warnings', '1')
    expectExit(result, ExitCode.Failed)
    expect(result.stderr).toContain('2 warnings, at most 1 are allowed')
    expectExit(await lint('--max-warnings', '2'), ExitCode.Ok)
    expectExit(await lint('--max-warnings', 'few'), ExitCode.Usage)
  })

  test('when each is suppressed with its reason, then nothing is found', async () => {
    const { lint } = await givenMigrations({
      [later]: reversible(
        '-- dbsvc: allow timestamp-without-time-zone, json-type because another system writes this table\n' +
          'create table items (made_at timestamp, data json);',
      ),
    })
    const result = await lint('--max-warnings', '0')
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe('nothing found in 1 migration\n')
  })
})

describe('given a .ts migration', () => {
  test('when its SQL is not in the file, then the finding has the statement and no line', async () => {
    const { lint } = await givenMigrations({
      'migrations/postgres/tenant/0001_drop.ts':
        "export const up = (pgm) => pgm.dropTable('orders')\nexport const down = () => {}\n",
    })
    const [finding] = (await lint('--json')).json<LintDocument>().findings
    expect(finding).toMatchObject({ rule: 'drop-table', line: null, column: null, sql: 'DROP TABLE "orders"' })
    expect((await lint()).stdout).toContain('0001_drop.ts: error: orders is dropped')
    expect((await lint()).stdout).toContain('  sql: DROP TABLE "orders"')
  })
})

describe('given nothing to find', () => {
  test('when --list-rules is given, then every rule is told, and no project is needed', async () => {
    const { lint } = await givenMigrations({})
    const result = await lint('--list-rules')
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(/^RULE +SEVERITY +SUMMARY\n/)
    expect(result.stdout).toMatch(/^index-not-concurrent +error, tenant: warning +An index/m)
    const { schema, rules } = (await lint('--list-rules', '--json')).json<{ schema: string; rules: { id: string }[] }>()
    expect(schema).toBe('dbsvc/lint.rules/1')
    expect(rules.length).toBeGreaterThanOrEqual(25)
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  })

  test('when a new project is linted, then nothing is found', async () => {
    const { path, lint } = await givenMigrations({})
    expectExit(await runDbsvc(['init'], { cwd: path }), ExitCode.Ok)
    const result = await lint('--max-warnings', '0')
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(/^nothing found in \d+ migrations\n$/)
  })

  test('when the schema that ships is linted, then there is no error in it', async () => {
    const { lint } = await givenMigrations({})
    expectExit(await lint(), ExitCode.Ok)
  })

  test('when a folder of migrations is empty, then nothing is found', async () => {
    const { path, lint } = await givenMigrations({})
    await mkdir(join(path, 'migrations'))
    expect((await lint()).stdout).toBe('nothing found in 0 migrations\n')
  })
})

interface SarifLog {
  readonly version: string
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } }
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly locations: readonly object[]
    }[]
  }[]
}

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { groups, registry } from '../../src/commands/registry.ts'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import {
  type ErrorDocument,
  expectError,
  expectExit,
  type Given,
  givenCluster,
  givenProject,
  migration,
  orders,
} from './support/given.ts'

const anywhere = () => ({ cwd: inject('runDirectory') })
const paths = registry.map(({ path }) => path)

describe('given nothing but the command', () => {
  test.each(['--version', '-V'])('when %s is asked for, then it is the one of package.json', async (flag) => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    const result = await runDbsvc([flag], anywhere())
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe(`${version}\n`)
  })

  test('when help is asked for a command below a group, then it is that of the command', async () => {
    const asked = await runDbsvc(['help', 'migrate', 'up'], anywhere())
    expectExit(asked, ExitCode.Ok)
    expect(asked.stdout).toBe((await runDbsvc(['migrate', 'up', '--help'], anywhere())).stdout)
  })

  test.each([
    ['--help'],
    ['-h'],
    ['help'],
  ])('when %s is asked for, then every command and the global flags are there', async (...args) => {
    const result = await runDbsvc(args, anywhere())
    expectExit(result, ExitCode.Ok)
    const names = new Set([
      ...paths.map(([name]) => name),
      ...Object.keys(groups).filter((group) => !group.includes(' ')),
    ])
    for (const name of names) expect(result.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    for (const flag of ['--config', '--json', '--quiet', '--verbose', '--version', '--help'])
      expect(result.stdout).toContain(flag)
    expect(result.stdout).toContain('Examples:')
  })

  test.each(
    paths.map((path) => [path.join(' '), path] as const),
  )('when %s --help is asked for, then it has examples that call it, and its flags', async (name, path) => {
    const result = await runDbsvc([...path, '--help'], anywhere())
    expectExit(result, ExitCode.Ok)
    const [usage = '', examples = ''] = result.stdout.split('Examples:')
    expect(usage).toContain(`Usage: dbsvc ${name}`)
    expect(usage).toContain('--json')
    expect(examples).toMatch(new RegExp(`^  \\$ dbsvc (--config \\S+ )?${name}\\b`, 'm'))
  })

  test.each([
    ...Object.keys(groups).map((group) => group.split(' ')),
    [],
  ])('when the command is left out after "%s", then help is shown and the exit code says that it was no command', async (...words) => {
    const result = await runDbsvc(words, anywhere())
    expectExit(result, ExitCode.Usage)
    expect(result.stdout + result.stderr).toContain('Usage: dbsvc')
  })
})

describe('given a command line that is wrong', () => {
  test.each([
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['migrate', 'sideways'], "unknown command 'sideways'"],
    [['tenant', 'config', 'frob'], "unknown command 'frob'"],
    [['migrate', 'up', '--force'], "unknown option '--force'"],
    [['--frob', 'migrate', 'up'], "unknown option '--frob'"],
    [['migrate', 'up', 'extra'], 'too many arguments'],
    [['tenant', 'show'], "missing required argument 'company'"],
    [['migrate', 'up', '--to'], "option '--to <version>' argument missing"],
    [['migrate', 'up', '--scope', 'all'], 'Allowed choices are shared, tenant'],
    [['tenant', 'create', 'abc', '--config'], 'argument missing'],
  ])('when it is %j, then it is a usage error that names the word, on stderr alone', async (args, reason) => {
    const result = await runDbsvc(args, anywhere())
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stderr).toContain(reason)
    expect(result.stdout).toBe('')
  })

  test.each([
    [['frobnicate'], 'dbsvc'],
    [['migrate', 'sideways'], 'dbsvc migrate'],
    [['tenant', 'config', 'frob'], 'dbsvc tenant config'],
    [['status'], 'dbsvc migrate status'],
    [['--config', 'some.yaml', 'tenant', 'show'], 'dbsvc tenant show'],
    [['tenant', 'create'], 'dbsvc tenant create'],
  ])('when it is %j, then the hint is the help of %s', async (args, command) => {
    const result = await runDbsvc(args, anywhere())
    expectExit(result, ExitCode.Usage)
    expect(result.stderr).toContain(`\nhint: ${command} --help\n`)
  })

  test.each([
    [['help', 'frobnicate']],
    [['frobnicate', '--help']],
    [['migrate', 'sideways', '-h']],
  ])('when help is asked for by %j, which is no command, then it is an error', async (args) => {
    const result = await runDbsvc(args, anywhere())
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.stdout).toBe('')
  })

  test('when --json is asked for, then the error is a document on stdout as well', async () => {
    const result = await runDbsvc(['--json', 'migrate', 'sideways'], anywhere())
    expectError(result, ExitCode.Usage, 'DBS-1903')
    expect(result.json<ErrorDocument>()).toMatchObject({
      schema: 'dbsvc/error/1',
      error: { code: 'DBS-1903', message: expect.stringContaining('sideways'), hint: expect.any(String) },
    })
  })

  test('when a word is nearly right, then the right one is suggested', async () => {
    const result = await runDbsvc(['migrate', 'statsu'], anywhere())
    expect(result.stderr).toContain('Did you mean status?')
  })
})

describe('given a cluster with a company', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ companies: ['abc'] })
    expectExit(await given.dbsvc(['tenant', 'config', 'set', 'abc', 'colour', '"red"']), ExitCode.Ok)
  })

  test.each([
    [['migrate', 'plan'], 'migrate.plan/1'],
    [['migrate', 'up'], 'migrate.up/1'],
    [['migrate', 'status'], 'migrate.status/1'],
    [['migrate', 'redo'], 'migrate.redo/1'],
    [['migrate', 'down', '--to', '0004'], 'migrate.down/1'],
    [['tenant', 'create', 'abc'], 'tenant.create/1'],
    [['tenant', 'list'], 'tenant.list/1'],
    [['tenant', 'show', 'abc'], 'tenant.show/1'],
    [['tenant', 'suspend', 'abc'], 'tenant.suspend/1'],
    [['tenant', 'resume', 'abc'], 'tenant.resume/1'],
    [['tenant', 'config', 'get', 'abc', 'colour'], 'tenant.config.get/1'],
    [['tenant', 'config', 'set', 'abc', 'colour', '"blue"'], 'tenant.config.set/1'],
    [['tenant', 'config', 'list', 'abc'], 'tenant.config.list/1'],
    [['tenant', 'config', 'unset', 'abc', 'colour'], 'tenant.config.unset/1'],
    [['config', 'view'], 'config.view/1'],
    [['key', 'list'], 'key.list/1'],
  ])('when %j is run with --json and -q, wherever they stand, then stdout ends with one document of its shape and stderr is empty', async (args, shape) => {
    const result = await given.dbsvc(['--json', ...args, '-q'])
    expectExit(result, ExitCode.Ok)
    expect(result.json().schema).toBe(`dbsvc/${shape}`)
    expect(result.stderr).toBe('')
  })

  test('when an error happens with --quiet, then it is printed all the same', async () => {
    const result = await given.dbsvc(['--quiet', 'tenant', 'show', 'nobody'])
    expectError(result, ExitCode.NotFound, 'DBS-1203')
    expect(result.stderr.split('\n')).toEqual([
      'error: there is no company nobody (DBS-1203)',
      'hint: dbsvc tenant list',
      '',
    ])
  })

  test('when --verbose is asked for, then the error has its stack and its cause; without it, neither', async () => {
    const args = ['tenant', 'list'] as const
    const env = { DBSVC_POSTGRES_PORT: '1' }
    const verbose = await given.dbsvc(['--verbose', ...args], { env })
    expectError(verbose, ExitCode.Engine, 'DBS-1101')
    expect(verbose.stderr).toMatch(/^ {4}at /m)
    expect(verbose.stderr).toContain('caused by: ')
    expect((await given.dbsvc(args, { env })).stderr).not.toMatch(/^ {4}at /m)
  })

  test.each([
    {},
    { NO_COLOR: '1' },
    { CI: 'true' },
    { TERM: 'xterm-256color' },
  ])('when it runs without a terminal and with %j, then there is no escape sequence in either stream', async (env: Record<
    string,
    string
  >) => {
    for (const args of [['--help'], ['tenant', 'list'], ['migrate', 'up'], ['tenant', 'show', 'nobody']]) {
      const { stdout, stderr } = await given.dbsvc(args, { env })
      expect(stdout + stderr).not.toContain('\u001b')
    }
  })

  test('when the reader of stdout goes away, then that is no error', async () => {
    const { stdout, stderr } = await execa({
      shell: 'bash',
      cwd: given.directory,
    })`${process.execPath} ${inject('dbsvcBin')} config schema | head -c 1; echo ":\${PIPESTATUS[0]}"`
    expect(stdout).toBe('{:0')
    expect(stderr).toBe('')
  })

  test('when it is run from a folder below the project, then the project is found', async () => {
    await given.write('deep/down/here.txt', '')
    const result = await runDbsvc(['tenant', 'list'], { cwd: `${given.directory}/deep/down` })
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(/^abc +/m)
  })
})

describe('given two projects', () => {
  test('when --config names the other, then its database and its migrations are used', async () => {
    const mine = await givenProject()
    const other = await givenProject({
      migrations: {
        'postgres/shared/0001_theirs.sql': migration('create table theirs (company_id text);'),
        'postgres/tenant/0001_orders.sql': orders,
      },
    })
    expectExit(await mine.dbsvc(['migrate', 'up', '--config', `${other.directory}/dbsvc.config.json`]), ExitCode.Ok)
    expect(await other.database.query(`select from pg_class where relname = 'theirs'`)).toHaveLength(1)
    expect(await mine.database.query(`select from pg_namespace where nspname = 'dbsvc'`)).toEqual([])
  })
})

describe('given a stdout that takes nothing', () => {
  const shell = (line: string, cwd = inject('runDirectory')) =>
    execa('bash', ['-c', `set -o pipefail; ${line}`, process.execPath, inject('dbsvcBin')], { cwd, reject: false })

  test.skipIf(!existsSync('/dev/full'))('when the disk is full, then the command says so and fails', async () => {
    const result = await shell('"$0" "$1" config schema > /dev/full')
    expect(result.exitCode).toBe(ExitCode.Failed)
    expect(result.stderr).toMatch(/^error: stdout could not be written: .*ENOSPC.* \(DBS-1905\)\nhint: /)
  })

  test('when its reader has gone away, then what the command changes is changed to the end', async () => {
    const given = await givenCluster()
    const result = await shell('"$0" "$1" tenant create abc xyz --json | true', given.directory)
    expect(result).toMatchObject({ exitCode: ExitCode.Ok, stdout: '' })
    const { companies } = (await given.dbsvc(['tenant', 'list', '--json'])).json<{ companies: { company: string }[] }>()
    expect(companies).toMatchObject([
      { company: 'abc', state: 'active' },
      { company: 'xyz', state: 'active' },
    ])
  })
})

import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { TestServer } from '../support/server.ts'
import { expectExit } from './support/given.ts'
import {
  expectNothing,
  givenPatient,
  givenSetUpPatient,
  named,
  type Patient,
  startFlawlessServer,
  startOwnServer,
} from './support/own-server.ts'

let server: TestServer
let given: Patient
beforeAll(async () => {
  server = await startFlawlessServer()
  given = await givenSetUpPatient(server, { companies: ['abc'] })
})

const isRoot = process.getuid?.() === 0

describe('given secrets that others can get at', () => {
  const only = ['--only', 'secrets']
  const keyFile = (): string => join(given.secrets, 'postgres-main-context-keys')
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

  test('when a file and the folder are open, then both are named, and --fix closes them', async () => {
    await chmod(keyFile(), 0o644)
    await chmod(given.secrets, 0o755)
    const diagnosis = await given.examine(only)
    expect(
      diagnosis.findings.map(({ id, message, mend, fixable, fixed }) => [id, message, mend, fixable, fixed]),
    ).toEqual([
      [
        'secret-folder-mode',
        `${given.secrets} can be used by group or others (mode 0755)`,
        `chmod 700 ${given.secrets}`,
        true,
        false,
      ],
      ['secret-mode', `${keyFile()} can be used by group or others (mode 0644)`, `chmod 600 ${keyFile()}`, true, false],
    ])
    expect(await modeOf(keyFile())).toBe(0o644)
    expect((await given.examine([...only, '--fix'])).exitCode).toBe(ExitCode.Ok)
    expect([await modeOf(given.secrets), await modeOf(keyFile())]).toEqual([0o700, 0o600])
    expectNothing(await given.examine(only))
  })

  test('when a key is open, then what needs it could not be looked at; with --fix it can in the same run', async () => {
    await chmod(keyFile(), 0o640)
    expect(named(await given.examine())).toEqual([
      'secrets secret-mode',
      'context-keys check-not-run',
      'isolation check-not-run',
    ])
    expect(named(await given.examine(['--fix']))).toEqual(['secrets secret-mode'])
    expectNothing(await given.examine())
  })

  test('when a key is configured, then those that are not sealed with one are named, until they are', async () => {
    const env = { DBSVC_SECRETS_KEY: randomBytes(32).toString('base64') }
    const findings = async () =>
      (await given.dbsvc(['doctor', '--json', ...only], { env })).json<{ findings: object[] }>().findings
    expect(await findings()).toContainEqual(
      expect.objectContaining({ id: 'secret-unsealed', severity: 'warning', mend: 'dbsvc secret rotate' }),
    )
    const clear = await readFile(keyFile(), 'utf8')
    expectExit(await given.dbsvc(['secret', 'rotate'], { env }), ExitCode.Ok)
    expect(await findings()).toEqual([])
    for (const name of await readdir(given.secrets)) {
      const shown = await given.dbsvc(['secret', 'show', name, '--json'], { env })
      await writeFile(join(given.secrets, name), shown.json<{ secret: string }>().secret)
    }
    expect(await readFile(keyFile(), 'utf8')).toBe(clear)
  })

  test.runIf(isRoot)('when a file belongs to somebody else, then he is named', async () => {
    await chown(keyFile(), 65_534, 65_534)
    const { findings } = await given.examine(only)
    await chown(keyFile(), 0, 0)
    expect(findings.map(({ id, message }) => [id, message])).toEqual([
      ['secret-owner', `${keyFile()} belongs to user 65534`],
    ])
  })

  test('when git would take them, or has them, then that is found, until git ignores them', async () => {
    const project = await givenPatient(server, { config: { secrets: { directory: '.dbsvc/secrets' } } })
    const git = (...args: string[]) => execa('git', ['-C', project.directory, ...args])
    await mkdir(join(project.directory, '.dbsvc/secrets'), { recursive: true })
    await chmod(join(project.directory, '.dbsvc/secrets'), 0o700)
    await writeFile(join(project.directory, '.dbsvc/secrets/postgres-main-service-password'), 'secret', { mode: 0o600 })
    expect(named(await project.examine(only))).toEqual([])
    await git('init', '--quiet')
    expect(named(await project.examine(only))).toEqual(['secrets secrets-not-ignored'])
    await project.write('.gitignore', '.dbsvc/\n')
    expectNothing(await project.examine(only))
    await git('add', '--force', '.dbsvc/secrets')
    const { findings } = await project.examine(only)
    expect(findings.map(({ id, message }) => [id, message])).toEqual([
      ['secrets-in-git', `${join(project.directory, '.dbsvc/secrets')} is in git`],
    ])
  })
})

describe('given a configuration file', () => {
  test('when it has passwords in plain text, then each is named and not printed', async () => {
    const project = await givenPatient(server, {
      config: { postgres: { password: server.password, servicePassword: 'plain as day' } },
    })
    const result = await project.dbsvc(['doctor', '--only', 'configuration'])
    expectExit(result, ExitCode.Pending)
    const file = join(project.directory, 'dbsvc.config.json')
    expect(result.stdout).toContain(`warning: ${file} has postgres.password in plain text [literal-password]`)
    expect(result.stdout).toContain(`warning: ${file} has postgres.servicePassword in plain text [literal-password]`)
    expect(result.stdout + result.stderr).not.toContain('plain as day')
  })

  test('when its code computes them, or there is no file, then nothing is found', async () => {
    const only = ['--only', 'configuration']
    await given.write('computed.config.ts', `export default { postgres: { password: process.env.DATABASE_PASSWORD } }`)
    expectNothing(await given.examine([...only, '--config', 'computed.config.ts']))
    expectNothing(await given.examine(only))
    await given.write('literal.config.ts', `export default { postgres: { password: 'plain as day' } }`)
    expect(named(await given.examine([...only, '--config', 'literal.config.ts']))).toEqual([
      'configuration literal-password',
    ])
  })
})

describe('given a clock that is wrong', () => {
  test.each([
    [3_600_000, "this machine's clock is 3600.0 s ahead of the server's"],
    [-30_000, "this machine's clock is 30.0 s behind the server's"],
  ])('when it is off by %i ms, then doctor says by how much', async (offsetMs, message) => {
    await given.write('wrong-clock.mjs', `const now = Date.now; Date.now = () => now() + (${offsetMs})`)
    const env = { NODE_OPTIONS: `--import ${join(given.directory, 'wrong-clock.mjs')}` }
    const diagnosis = await given.examine(['--only', 'clock'], { env })
    const found = diagnosis.findings.map(({ id, message: text }) => [id, text.replace(/\d\.\d s/, (s) => s)])
    expect(found).toEqual([['clock-skew', message]])
    expect(diagnosis.exitCode).toBe(ExitCode.Pending)
  })
})

describe('given the disk of the server', () => {
  const only = ['--only', 'disk']

  test('when the server is another machine, then it says that its disk cannot be seen, and how big the database is', async () => {
    // Another name of this one, of which dbsvc cannot know that.
    const diagnosis = await given.examine(only, {
      env: { DBSVC_POSTGRES_HOST: '127.1', DBSVC_POSTGRES_SSL: 'disable' },
    })
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toEqual([
      [
        'disk-unknown',
        expect.stringMatching(
          /^the database has \d+ MB; how much room is left is not known: the server is another machine$/,
        ),
      ],
    ])
    expect(diagnosis.facts.freeDiskBytes).toBeNull()
    expect(diagnosis.exitCode).toBe(ExitCode.Ok)
  })

  test('when the user may not know where its data is, then it says so', async () => {
    await given.database.query(`create role nobody_special login password 'nobody special'`)
    const env = { DBSVC_POSTGRES_USER: 'nobody_special', DATABASE_PASSWORD: 'nobody special' }
    const { findings } = await given.examine(only, { env })
    expect(findings[0]?.message).toContain('only a superuser may know where the data is')
  })

  describe.runIf(isRoot && process.platform === 'linux')('on a file system of its own', () => {
    let mounted: string
    afterAll(() => execa('umount', ['--lazy', mounted], { reject: false }))

    test('when it fills up, then doctor says so in time', async () => {
      mounted = await mkdtemp(join(inject('runDirectory'), 'small-'))
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=400m,mode=0755', 'tmpfs', mounted])
      const small = await givenPatient(await startOwnServer({ directory: mounted }))
      expectNothing(await small.examine(only))
      const { stdout } = await execa('df', ['--output=avail', '--block-size=1', mounted])
      const free = Number(stdout.split('\n')[1])
      await execa('fallocate', ['-l', String(free - 30_000_000), join(mounted, 'filler')])
      const low = await small.examine(only)
      expect(low.findings.map(({ id, message }) => [id, message])).toEqual([
        ['disk-low', expect.stringMatching(/ has \d+ MB free of 419 MB$/)],
      ])
      await execa('fallocate', ['-l', String(free - 10_000_000), join(mounted, 'filler')])
      const full = await small.examine(only)
      expect(named(full)).toEqual(['disk disk-full'])
      expect(full.exitCode).toBe(ExitCode.Failed)
      expect(await readdir(mounted)).toContain('filler')
    })
  })
})

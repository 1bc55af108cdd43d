import { chmod, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { findProcess } from '../../src/machine/process.ts'
import { type RunningDbsvc, runDbsvc, spawnDbsvc } from '../support/dbsvc.ts'
import { describeEngine, engineFinding } from '../support/engines.ts'
import { connectValkey } from '../support/valkey.ts'
import { expectExit } from './support/given.ts'

interface Ready {
  readonly stores: readonly { name: string; description: string; logFile: string }[]
}

describeEngine('valkey', 'given a folder with further engines', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(inject('runDirectory'), 'dev-stores-'))
    await chmod(folder, 0o755)
    await mkdir(join(folder, '.engines', 'valkey'), { recursive: true })
    await symlink(engineFinding('valkey').program ?? '', join(folder, '.engines', 'valkey', 'valkey-server'))
  })

  // Nothing else of this machine is to be found.
  const surroundings = () => ({ cwd: folder, env: { PATH: '/nowhere' } })
  const start = (): RunningDbsvc => spawnDbsvc(['dev', '--json'], surroundings())

  async function ready(dbsvc: RunningDbsvc): Promise<Ready> {
    const [line] = await dbsvc.waitFor(/^\{.*"schema":"dbsvc\/dev\/1".*\}$/m)
    return JSON.parse(line) as Ready
  }
  const pidOfValkey = async (): Promise<number> =>
    Number((await readFile(join(folder, '.dbsvc', 'dragonfly', 'pid'), 'utf8')).split(' ')[0])

  test('when dev runs, then they run with it, and every command of the folder uses them', async () => {
    const dbsvc = start()
    const { stores } = await ready(dbsvc)
    expect(stores.map(({ name }) => name)).toContain('dragonfly')
    expectExit(await runDbsvc(['tenant', 'create', 'company_new'], surroundings()), ExitCode.Ok)
    const shown = await runDbsvc(['tenant', 'show', 'company_new', '--json'], surroundings())
    const places = shown.json<{ stores: { engine: string; state: string; unreachable: string | null }[] }>().stores
    expect(places.map(({ engine, state, unreachable }) => [engine, state, unreachable])).toEqual(
      stores.map(({ name }) => [name, 'active', null]).toSorted(),
    )
    const [, url = ''] = /at (redis:\S+)/.exec(stores.find(({ name }) => name === 'dragonfly')?.description ?? '') ?? []
    const password = await readFile(join(folder, '.dbsvc', 'dragonfly', 'password'), 'utf8')
    const admin = connectValkey({ url: url.replace('redis://', `redis://default:${password}@`) })
    expect((await admin.call('ACL', 'USERS')) as string[]).toContain('tenant_company_new')
    admin.disconnect()

    const pid = await pidOfValkey()
    dbsvc.kill('SIGINT')
    expect((await dbsvc.exited).exitCode).toBe(0)
    expect(await findProcess(pid)).toBeNull()
  })

  test('when dev is killed, then the next one stops what it left, and finds the users again', async () => {
    const killed = start()
    await ready(killed)
    const pid = await pidOfValkey()
    killed.kill('SIGKILL')
    await killed.exited
    const next = start()
    await ready(next)
    expect(await findProcess(pid)).toBeNull()
    const users = await readFile(join(folder, '.dbsvc', 'dragonfly', 'users.acl'), 'utf8')
    expect(users).toContain('user tenant_company_new on ')
    const doctor = await runDbsvc(['doctor', '--json', '--only', 'places'], surroundings())
    expect(doctor.json<{ findings: object[] }>().findings).toEqual([])
    next.kill('SIGINT')
    await next.exited
  })

  test('when one does not come up, then dev says why with the end of its log, and goes on without it', async () => {
    const other = await mkdtemp(join(inject('runDirectory'), 'dev-broken-'))
    await chmod(other, 0o755)
    const program = join(other, '.engines', 'valkey', 'valkey-server')
    await mkdir(join(other, '.engines', 'valkey'), { recursive: true })
    await writeFile(program, '#!/bin/sh\necho "the disk is on fire" >&2\nexit 3\n', { mode: 0o755 })
    const result = await runDbsvc(['dev', '--exit'], { cwd: other, env: { PATH: '/bin:/usr/bin' } })
    expectExit(result, ExitCode.Ok)
    expect(result.stderr).toContain('left out: ')
    expect(result.stderr).toContain('the disk is on fire')
    expect(result.stdout).not.toContain('dragonfly:')
  })
})

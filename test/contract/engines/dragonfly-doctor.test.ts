import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import type { Store, StoreObservation } from '../../../src/engines/store.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { ownDirectory, stopServer } from '../../support/shared-server.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, startValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'
import { connectDragonfly } from '../stores/dragonfly/config.ts'
import { limits, passwordOf } from '../stores/harness.ts'

describeEngine('valkey', 'what doctor sees of DragonflyDB', () => {
  let server: TestValkey
  let admin: Redis
  let store: Store

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
    store = await connectDragonfly(server)
    return () => store.close()
  })

  const about = async (of: Store, id: string): Promise<StoreObservation[]> =>
    (await of.examine()).filter((observation) => observation.id === id)

  describe('users', () => {
    const user = (company: string): string => `tenant_${company}`

    async function newCompany(): Promise<string> {
      const company = uniqueName('user')
      await store.provision([{ company, limits }])
      return company
    }

    const seenOf = async (company: string): Promise<StoreObservation[]> =>
      (await about(store, 'dragonfly-user-rights')).filter(({ message }) => message.includes(`${user(company)} `))

    test('one as it should be is not mentioned, nor is a suspended one', async () => {
      const [company, asleep] = [await newCompany(), await newCompany()]
      await store.suspend(asleep)
      expect(await seenOf(company)).toEqual([])
      expect(await seenOf(asleep)).toEqual([])
    })

    test.each([
      ['a command', ['+scan'], 'may besides +scan', 'error'],
      ['a category', ['+@read'], 'may besides +@read', 'error'],
      ['all keys', ['allkeys'], 'reaches keys ~*', 'error'],
      ['keys of another one', ['~t:other:*'], 'reaches keys ~t:other:*', 'error'],
      ['all channels', ['allchannels'], 'reaches channels &*', 'error'],
      ['a second password', ['>another'], 'has 2 passwords', 'error'],
      ['no password', ['nopass'], 'needs no password', 'error'],
      ['another password', ['resetpass', '>another'], 'has another password than dbsvc gave it', 'error'],
      ['a selector', ['(~* +get)'], 'has selectors', 'error'],
      ['a command less', ['-get'], 'lacks +get', 'warning'],
      ['a category less', ['-@hash'], 'lacks ', 'warning'],
      ['no keys', ['resetkeys'], 'does not reach its own keys', 'warning'],
    ])('%s is seen, and mended without losing anything', async (_what, rules, fault, severity) => {
      const company = await newCompany()
      const before = await admin.call('ACL', 'GETUSER', user(company))
      await admin.set(`t:${company}:k`, 'kept')
      await admin.call('ACL', 'SETUSER', user(company), ...rules)
      const [seen, ...others] = await seenOf(company)
      expect(others).toEqual([])
      expect(seen).toMatchObject({ severity, message: expect.stringContaining(fault) })
      await seen?.fix?.()
      expect(await seenOf(company)).toEqual([])
      expect(await admin.call('ACL', 'GETUSER', user(company))).toEqual(before)
      expect(await admin.get(`t:${company}:k`)).toBe('kept')
    })

    test('mending one that was suspended meanwhile does not let it in', async () => {
      const company = await newCompany()
      await admin.call('ACL', 'SETUSER', user(company), '+scan')
      const [seen] = await seenOf(company)
      await store.suspend(company)
      await seen?.fix?.()
      const client = connectValkey(server, { name: user(company), password: await passwordOf(company) })
      await expect(client.ping()).rejects.toThrow()
      await store.resume({ company, limits })
      expect(await seenOf(company)).toEqual([])
    })
  })

  test('mending a user that was removed meanwhile makes none', async () => {
    const company = uniqueName('removed')
    await store.provision([{ company, limits }])
    await admin.call('ACL', 'SETUSER', `tenant_${company}`, '+scan')
    const seen = (await about(store, 'dragonfly-user-rights')).find(({ message }) => message.includes(company))
    await store.deprovision(company)
    expect(seen?.fix).toBeDefined()
    await seen?.fix?.()
    expect(await store.findRemains(company)).toEqual([])
  })

  describe('isolation', () => {
    async function provisionTwo(): Promise<[victim: string, intruder: string]> {
      const [victim, intruder] = [uniqueName('victim'), uniqueName('intruder')]
      await store.provision([
        { company: victim, limits },
        { company: intruder, limits },
      ])
      return [victim, intruder]
    }

    test.each([
      ['reading', (victim: string) => [`%R~t:${victim}:*`], /^GET t:.* the answer is "secret"$/],
      ['writing', (victim: string) => [`%W~t:${victim}:*`], /were changed$/],
      ['one command more', () => ['+scan'], /^SCAN 0/],
      ['the administration', () => ['+acl'], /^ACL GETUSER default/],
      ['clearing everything', () => ['+flushall'], /^FLUSHALL NONSENSE: the answer is the error/],
      ['scripts', () => ['+eval'], /^EVAL /],
      ['another database', () => ['+select'], /^SELECT 1/],
      ['its channels', (victim: string) => [`&t:${victim}:*`], /^SUBSCRIBE t:/],
      ['its messages', (victim: string) => [`&t:${victim}:*`], /^PUBLISH t:/],
      ['all commands that are sent', () => ['+monitor'], /^MONITOR/],
    ])('%s is found', async (_what, rules, way) => {
      const [victim, intruder] = await provisionTwo()
      await admin.call('ACL', 'SETUSER', `tenant_${intruder}`, ...rules(victim))
      expect(await store.probeIsolation(victim, intruder)).toContainEqual(expect.stringMatching(way))
      await store.deprovision(intruder)
      expect(await store.findRemains(victim)).toHaveLength(2)
      await store.deprovision(victim)
    })

    test('a user that takes any password is found', async () => {
      const [victim, intruder] = await provisionTwo()
      await admin.call('ACL', 'SETUSER', `tenant_${victim}`, 'nopass')
      expect(await store.probeIsolation(victim, intruder)).toEqual([expect.stringContaining('with a wrong password')])
      for (const company of [victim, intruder]) await store.deprovision(company)
    })

    test('a suspended company cannot be probed, and says so', async () => {
      const [victim, intruder] = await provisionTwo()
      await store.suspend(victim)
      await expect(store.probeIsolation(victim, intruder)).rejects.toMatchObject({ code: 'DBS-1102' })
    })
  })

  describe.runIf(engineFinding('valkey').program !== null)('a server of its own', () => {
    /** Without a password and without an ACL file, as it comes. */
    async function startBare(...args: string[]): Promise<{ bare: Store; client: Redis }> {
      const port = await findFreePort()
      const directory = await mkdtemp(join(tmpdir(), 'dbsvc-bare-'))
      const { program } = engineFinding('valkey')
      if (program === null) throw new Error('runIf has asked')
      const child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, ...args], {
        stdio: 'ignore',
      })
      onTestFinished(async () => {
        child.kill('SIGKILL')
        await once(child, 'exit')
      })
      const url = `redis://127.0.0.1:${port}`
      await expect.poll(() => connectValkey({ url }).ping(), { timeout: 20_000 }).toBe('PONG')
      const bare = await connectDragonfly({ url })
      onTestFinished(() => bare.close())
      return { bare, client: connectValkey({ url }) }
    }

    test('one that is set up as it should has nothing that is wrong', async () => {
      const own = await startValkey(await ownDirectory('dragonfly'))
      const good = await connectDragonfly(own)
      await good.provision([{ company: 'one', limits }])
      await connectValkey(own).config('SET', 'maxmemory', '100mb')
      expect((await good.examine()).map(({ id }) => id)).toEqual(['dragonfly-keys-unsaved'])
      expect(await good.health()).toMatchObject({ kind: 'Valkey', lacks: [] })
      await good.close()
      await stopServer(own.pid)
    })

    test('everything that a server lacks as it comes', async () => {
      const { bare, client } = await startBare('--save', '')
      const seen = await bare.examine()
      expect(seen.map(({ id, severity }) => [id, severity])).toEqual([
        ['dragonfly-open-default-user', 'warning'],
        ['dragonfly-users-unsaved', 'warning'],
        ['dragonfly-keys-unsaved', 'info'],
        ['dragonfly-memory-unlimited', 'warning'],
      ])
      expect((await bare.health()).lacks).toEqual([expect.stringContaining('ACL file')])
      await client.config('SET', 'protected-mode', 'no')
      expect(await about(bare, 'dragonfly-open-default-user')).toMatchObject([{ severity: 'error' }])
    })

    test('companies are made there, too, and the isolation probe says that the door is open', async () => {
      const { bare } = await startBare('--save', '')
      for (const company of ['one', 'two']) await bare.provision([{ company, limits }])
      expect(await bare.probeIsolation('one', 'two')).toEqual([expect.stringMatching(/as default without a password/)])
      await bare.deprovision('one')
      expect(await bare.findRemains('one')).toEqual([])
    })

    test('memory that is nearly full, evictions, and what is evicted', async () => {
      const { bare, client } = await startBare('--save', '', '--maxmemory', '3mb', '--maxmemory-policy', 'allkeys-lru')
      expect(await about(bare, 'dragonfly-memory-unlimited')).toEqual([])
      expect(await about(bare, 'dragonfly-evictions')).toEqual([])
      const pipeline = client.pipeline()
      for (let at = 0; at < 60; at++) pipeline.set(`t:big:${at}`, 'x'.repeat(50_000))
      await pipeline.exec()
      expect(await about(bare, 'dragonfly-evictions')).toHaveLength(1)
      expect(await about(bare, 'dragonfly-memory-high')).toHaveLength(1)
      expect(await about(bare, 'dragonfly-eviction-policy')).toMatchObject([
        { severity: 'info', message: expect.stringContaining('allkeys-lru') },
      ])
    })
  })
})

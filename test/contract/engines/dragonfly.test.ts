import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Redis } from 'ioredis'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { companyCommands } from '../../../src/engines/dragonfly/acl/commands.ts'
import { dragonfly } from '../../../src/engines/dragonfly/engine.ts'
import { attemptsAt, forbiddenAttempts } from '../../../src/engines/dragonfly/probe/attempts.ts'
import type { Store } from '../../../src/engines/store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'
import { configFor, connectDragonfly, settingsOf } from '../stores/dragonfly/config.ts'
import { configOf, connectStore, limits, passwordOf } from '../stores/harness.ts'

describeEngine('valkey', 'companies of DragonflyDB', () => {
  let server: TestValkey
  let admin: Redis
  let store: Store

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
    store = await connectDragonfly(server)
    return () => store.close()
  })

  async function companyClient(company = uniqueName('company')): Promise<{ client: Redis; company: string }> {
    await store.provision([{ company, limits }])
    const client = connectValkey(server, { name: `tenant_${company}`, password: await passwordOf(company) })
    return { client, company }
  }

  const refusal = (client: Redis, command: string, args: readonly string[]): Promise<string> =>
    client.call(command, ...args).then(
      (reply) => `answered: ${JSON.stringify(reply)}`,
      (error: Error) => error.message,
    )

  describe('rights', () => {
    test('the server has every command that companies may send', async () => {
      const { lacks } = await store.health()
      expect(lacks.filter((lack) => lack.includes('commands of companies'))).toEqual([])
    })

    test('a company may send every one of its commands, in its own key space', async () => {
      const { client, company } = await companyClient()
      const own = `t:${company}:own`
      for (const { command, args } of attemptsAt(own, `t:${company}:other`)) {
        expect(await refusal(client, command, args), [command, ...args].join(' ')).not.toMatch(
          /NOPERM|unknown command|wrong number|syntax/i,
        )
        await admin.del(own)
      }
    })

    test('each of them is refused with a key or channel of another company in any place', async () => {
      const { client, company } = await companyClient()
      const other = uniqueName('other')
      for (const type of ['string', 'missing']) {
        if (type === 'string') await admin.set(`t:${other}:string`, '1')
        for (const { command, args } of attemptsAt(`t:${other}:${type}`, `t:${company}:own`)) {
          expect(await refusal(client, command, args), [command, ...args].join(' ')).toMatch(/^NOPERM/)
        }
      }
    })

    test('every command with keys is tried on one', () => {
      const withoutKeys = ['ping', 'hello', 'quit', 'multi', 'exec', 'discard']
      const triedApart = ['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe']
      const untried = Object.entries(companyCommands).filter(([, samples]) => samples.length === 0)
      expect(untried.map(([name]) => name)).toEqual([...withoutKeys, ...triedApart])
    })

    test('every other command that the server has is refused, whatever it is', async () => {
      const { client } = await companyClient()
      const all = (await admin.call('COMMAND', 'LIST')) as string[]
      // These are for those who are not known yet, and need no right.
      const before = new Set(['auth', 'hello', 'quit', 'reset'])
      const names = all.filter((name) => !name.includes('|') && !(name in companyCommands) && !before.has(name))
      expect(names.length).toBeGreaterThan(100)
      const arities = (await admin.call('COMMAND', 'INFO', ...names)) as [string, number][]
      for (const [name, arity] of arities) {
        const args = Array.from({ length: Math.abs(arity) - 1 }, () => 'x')
        // A command with subcommands is refused before anybody asks which one.
        expect(await refusal(client, name, args), name).toMatch(/^NOPERM|unknown subcommand|command not allowed/)
      }
    })

    test('what doctor tries besides is refused by a right, not by chance', async () => {
      const { client } = await companyClient()
      const other = uniqueName('other')
      await admin.set(`t:${other}:k`, '1')
      for (const { command, args } of forbiddenAttempts(`t:${other}:k`)) {
        const line = [command, ...args].join(' ')
        expect(await refusal(client, command, args), line).toMatch(/^NOPERM|command not allowed/)
      }
    })

    test('within a transaction, too', async () => {
      const { client, company } = await companyClient()
      await client.call('MULTI')
      await client.call('SET', `t:${company}:k`, '1')
      expect(await refusal(client, 'GET', ['t:other:k'])).toMatch(/^NOPERM/)
      expect(await refusal(client, 'EXEC', [])).toMatch(/^EXECABORT/)
      expect(await client.get(`t:${company}:k`)).toBeNull()
    })

    test('messages stay within the company', async () => {
      const { client, company } = await companyClient()
      const listener = (await companyClient(company)).client
      const { client: stranger } = await companyClient()
      const heard: string[] = []
      listener.on('message', (_channel, message) => heard.push(message))
      await listener.subscribe(`t:${company}:news`)
      expect(await client.publish(`t:${company}:news`, 'for us')).toBe(1)
      await expect(stranger.publish(`t:${company}:news`, 'from outside')).rejects.toThrow(/NOPERM/)
      await expect(stranger.psubscribe('*')).rejects.toThrow(/NOPERM/)
      await expect(stranger.psubscribe(`t:${company}:*`)).rejects.toThrow(/NOPERM/)
      await expect.poll(() => heard).toEqual(['for us'])
    })

    test('a subscription survives a second provisioning and ends with a suspension', async () => {
      const { client, company } = await companyClient()
      const closed = once(client, 'end')
      await client.subscribe(`t:${company}:news`)
      await store.provision([{ company, limits }])
      expect(await admin.publish(`t:${company}:news`, 'x')).toBe(1)
      await store.suspend(company)
      await closed
      expect(await admin.publish(`t:${company}:news`, 'x')).toBe(0)
    })

    test('suspending and removing close connections, also those that wait', async () => {
      for (const end of ['suspend', 'deprovision'] as const) {
        const { client, company } = await companyClient()
        await client.ping()
        const closed = once(client, 'end')
        await store[end](company)
        await closed
        expect(await admin.call('CLIENT', 'LIST')).not.toContain(`user=tenant_${company} `)
      }
    })

    test('what a user had too much of is gone after provisioning', async () => {
      const { company } = await companyClient()
      const before = await admin.call('ACL', 'GETUSER', `tenant_${company}`)
      const extra = ['~*', '&*', '+@all', '>second', '(~* +@all)']
      await admin.call('ACL', 'SETUSER', `tenant_${company}`, 'resetkeys', 'resetchannels', ...extra)
      await store.provision([{ company, limits }])
      expect(await admin.call('ACL', 'GETUSER', `tenant_${company}`)).toEqual(before)
    })

    test('provisioning lets no suspended company back in', async () => {
      const { company } = await companyClient()
      await store.suspend(company)
      await store.provision([{ company, limits }])
      expect((await companyLogin(company)).refused).toBe(true)
      await store.resume({ company, limits })
      expect((await companyLogin(company)).refused).toBe(false)
    })

    test('what is done to a company that has no user makes none', async () => {
      const company = uniqueName('nobody')
      await store.suspend(company)
      await store.applyLimits({ company, limits })
      expect(await store.findRemains(company)).toEqual([])
    })

    async function companyLogin(company: string): Promise<{ refused: boolean }> {
      const client = connectValkey(server, { name: `tenant_${company}`, password: await passwordOf(company) })
      return client.ping().then(
        () => ({ refused: false }),
        () => ({ refused: true }),
      )
    }
  })

  describe('connecting', () => {
    test('credentials in the URL are used where the configuration has none, and stand in no place', async () => {
      const { url, user, password } = settingsOf(server)
      const withCredentials = new URL(url)
      Object.assign(withCredentials, { username: user, password })
      const config = configOf({ dragonfly: { url: withCredentials.href } })
      const connected = await connectStore(dragonfly, config)
      expect(await connected.listCompanies()).toEqual(expect.any(Array))
      expect(connected.place).toBe(withCredentials.host)
      await connected.close()
    })

    test('a password of the configuration goes before one in the URL', async () => {
      const url = settingsOf(server).url.replace('redis://', 'redis://someone:wrong@')
      const connected = await connectStore(dragonfly, configOf({ dragonfly: { ...settingsOf(server), url } }))
      await connected.close()
    })

    test('a server that wants a password from whoever has none is DBS-1102', async () => {
      const config = configOf({ dragonfly: { url: settingsOf(server).url } })
      await expect(connectStore(dragonfly, config)).rejects.toMatchObject({ code: 'DBS-1102' })
    })

    test('no error tells a password', async () => {
      const password = 'a-very-secret-password'
      const config = configOf({ dragonfly: { ...settingsOf(server), password } })
      const error: unknown = await connectStore(dragonfly, config).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'DBS-1102' })
      const { inspect } = await import('node:util')
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password)
    })

    test('what is not a server of this kind is DBS-1101', async () => {
      const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      const config = configOf({ dragonfly: { url: `redis://127.0.0.1:${port}` } })
      await expect(connectStore(dragonfly, config)).rejects.toMatchObject({ code: 'DBS-1101' })
    })

    test('TLS that the server does not speak is DBS-1101', async () => {
      const url = settingsOf(server).url.replace('redis:', 'rediss:')
      const config = configOf({ dragonfly: { ...settingsOf(server), url } })
      await expect(connectStore(dragonfly, config)).rejects.toMatchObject({ code: 'DBS-1101' })
    })

    test('a connection that was closed is DBS-1105 for whoever still uses it', async () => {
      const connected = await connectDragonfly(server)
      await connected.close()
      await expect(connected.listCompanies()).rejects.toMatchObject({ code: 'DBS-1105' })
    })

    test('the server shows who works', async () => {
      const connected = await connectStore(dragonfly, configFor(server))
      expect(await admin.call('CLIENT', 'LIST')).toContain('name=dbsvc-contract-test')
      await connected.close()
    })

    async function listen(answer: (socket: Socket) => void): Promise<number> {
      const listener = createServer(answer)
      listener.listen(0, '127.0.0.1')
      await once(listener, 'listening')
      onTestFinished(() => void listener.close())
      const address = listener.address()
      return typeof address === 'object' ? (address?.port ?? 0) : 0
    }
  })
})

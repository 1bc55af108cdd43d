import type { Redis } from 'ioredis'
import { beforeAll, inject } from 'vitest'
import { companyPasswords } from '../../../src/app/stores/company-passwords.ts'
import { openSecretStore } from '../../../src/config/secrets/store.ts'
import { givenOrders } from '../../e2e/support/given.ts'
import { dragonflyConfig } from '../../e2e/support/valkey-config.ts'
import { describeEngine } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { ownDirectory, stopServer } from '../../support/shared-server.ts'
import { connectValkey, startValkey, type TestValkey } from '../../support/valkey.ts'
import { attackStore, type StoreDoors } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'
import { techniques as ofCommands } from './valkey/commands.ts'
import { techniques as ofKeys, type ValkeyAttempt } from './valkey/keys.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']

describeEngine('valkey', 'the corpus', () => {
  let server: TestValkey & { pid: number }
  let admin: Redis
  let router: TestRouter
  let password: string

  beforeAll(async () => {
    server = await startValkey(await ownDirectory('valkey'))
    admin = connectValkey(server)
    const given = await givenOrders({ companies: [attacker, victim], config: dragonflyConfig(server) })
    password = await companyPasswords(openSecretStore(`${inject('runDirectory')}/secrets`), 'dragonfly')(attacker)
    await seed()
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
    return () => stopServer(server.pid)
  })

  const seed = async (): Promise<void> => {
    for (const key of (await admin.keys('*')).filter((name) => /^t:/.test(name))) await admin.del(key)
    for (const [company, mark] of [
      [attacker, 'own'],
      [victim, 'canary'],
    ]) {
      const at = `t:${company}`
      await admin.mset({ [`${at}:text`]: `"${mark}"`, [`${at}:${mark}`]: '1', [`${at}:count`]: '1' })
      await admin.hset(`${at}:hash`, { field: mark, [mark ?? '']: '1' })
      await admin.rpush(`${at}:list`, mark ?? '', mark ?? '')
      await admin.rpush(`${at}:numbers`, 2, 1)
      await admin.sadd(`${at}:set`, mark ?? '')
      await admin.zadd(`${at}:sorted`, 1, mark ?? '')
    }
  }
  const named = (text: string): string =>
    text.replace(/\bVX:/, `t:${victim}x:`).replace(/\bV:/, `t:${victim}:`).replace(/\bO:/, `t:${attacker}:`)

  const command = async (line: string): Promise<Told> => {
    const client = connectValkey(server, { name: `tenant_${attacker}`, password })
    const [name = '', ...words] = line.split(' ').map(named)
    try {
      return told(await client.call(name, ...words))
    } catch (error) {
      const { message } = error as Error
      return { verdict: message, bytes: message, rowCount: 0 }
    } finally {
      client.disconnect()
    }
  }
  const told = (reply: unknown): Told => ({ verdict: 'ok', bytes: JSON.stringify(reply), rowCount: 1 })
  const ask = async (path: string, text: string): Promise<Told> => {
    // `S` is what stands between the attacker's prefix and the victim's keys, were there no separator behind a company.
    const body = JSON.parse(
      text.replaceAll('"V:', `"t:${victim}:`).replaceAll('"S:', `"${victim.slice(attacker.length)}:`),
    )
    const answer = await router.post<object>(`/v1/cache/${path}`, body, { 'x-dbsvc-company': attacker })
    return {
      verdict: answer.status === 200 ? 'ok' : String(answer.status),
      bytes: JSON.stringify(answer.body),
      rowCount: 1,
    }
  }

  attackStore<ValkeyAttempt>(
    'valkey',
    'valkey',
    [...ofKeys, ...ofCommands],
    (): StoreDoors<ValkeyAttempt> => ({
      send: (_technique, attempt) =>
        typeof attempt === 'string' ? command(attempt) : ask(attempt.path, JSON.stringify(attempt.body)),
      honest: ({ entry }) => (entry === 'router' ? ask('get', '{"key":"text"}') : command('GET O:text')),
      async sendWithout({ mechanism }, attempt) {
        if (typeof attempt !== 'string') {
          const text = JSON.stringify(attempt.body)
          const keys = [...text.matchAll(/"([VS]:text)"/g)].map(([, key = '']) =>
            key.startsWith('V') ? named(key) : `t:${victim}${key.slice(1)}`,
          )
          return told(await admin.mget(keys))
        }
        const user = `tenant_${attacker}`
        const line =
          ((await admin.call('ACL', 'LIST')) as string[]).find((rule) => rule.startsWith(`user ${user} `)) ?? ''
        await admin.call('ACL', 'SETUSER', user, ...mechanism.split(' '))
        try {
          return await command(attempt)
        } finally {
          await admin.call('ACL', 'SETUSER', user, 'reset', ...line.split(' ').slice(2))
          await seed()
        }
      },
      async victim() {
        const keys = (await admin.keys(`t:${victim}:*`)).toSorted()
        return Promise.all(keys.map(async (key) => [key, (await admin.dumpBuffer(key))?.toString('hex')]))
      },
    }),
  )
})

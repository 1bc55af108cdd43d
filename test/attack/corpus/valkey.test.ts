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
import { alteredRouters } from './runner/altered-routers.ts'
import { attackStore, type StoreDoors, type StoreTechnique, tryOnStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'
import { techniques as ofCommands } from './valkey/commands.ts'
import { techniques as ofKeys, type ValkeyAttempt } from './valkey/keys.ts'
import { techniques as ofRouter, strangeKeys } from './valkey/router-keys.ts'

// Names that begin alike.
const [attacker, victim] = ['ab', 'ab_c']

describeEngine('valkey', 'the corpus', () => {
  let server: TestValkey & { pid: number }
  let admin: Redis
  let router: TestRouter
  let altered: ReturnType<typeof alteredRouters>
  let password: string

  beforeAll(async () => {
    server = await startValkey(await ownDirectory('valkey'))
    admin = connectValkey(server)
    const given = await givenOrders({ companies: [attacker, victim], config: dragonflyConfig(server) })
    password = await companyPasswords(openSecretStore(`${inject('runDirectory')}/secrets`), 'dragonfly')(attacker)
    await seed()
    altered = alteredRouters((alterations) =>
      startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given }, { alterations }),
    )
    router = await altered([])
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
  const ask = async (asked: TestRouter, path: string, text: string): Promise<Told> => {
    // `S` is what stands between the attacker's prefix and the victim's keys, were there no separator behind a company.
    const body = JSON.parse(
      text.replaceAll('V:', `t:${victim}:`).replaceAll('"S:', `"${victim.slice(attacker.length)}:`),
    )
    const answer = await asked.post<object>(`/v1/cache/${path}`, body, { 'x-dbsvc-company': attacker })
    return {
      verdict: answer.status === 200 ? 'ok' : String(answer.status),
      bytes: JSON.stringify(answer.body),
      rowCount: 1,
    }
  }
  const send = (asked: TestRouter, attempt: ValkeyAttempt): Promise<Told> =>
    typeof attempt === 'string' ? command(attempt) : ask(asked, attempt.path, JSON.stringify(attempt.body))

  const victims = async () => {
    const keys = (await admin.keys(`t:${victim}:*`)).toSorted()
    return Promise.all(
      keys.map(async (key) => [key, (await admin.dumpBuffer(key))?.toString('hex'), (await admin.pttl(key)) >= 0]),
    )
  }

  const doors = (): StoreDoors<ValkeyAttempt> => ({
    send: (_technique, attempt) => send(router, attempt),
    honest: ({ entry }) => (entry === 'router' ? ask(router, 'get', '{"key":"text"}') : command('GET O:text')),
    async sendWithout({ mechanism, alterations = [] }: StoreTechnique<ValkeyAttempt>, attempt) {
      const without = alterations.length === 0 ? router : await altered(alterations)
      const user = `tenant_${attacker}`
      const line =
        ((await admin.call('ACL', 'LIST')) as string[]).find((rule) => rule.startsWith(`user ${user} `)) ?? ''
      await admin.call('ACL', 'SETUSER', user, ...mechanism.split(' '))
      try {
        const before = JSON.stringify(await victims())
        const told = await send(without, attempt)
        const changed = JSON.stringify(await victims()) === before ? '' : ' the victim has changed'
        return { ...told, bytes: told.bytes + changed }
      } finally {
        await admin.call('ACL', 'SETUSER', user, 'reset', ...line.split(' ').slice(2))
        await seed()
      }
    },
    victim: victims,
  })

  attackStore('valkey', 'valkey', [...ofKeys, ...ofCommands, ...ofRouter], doors)
  tryOnStore(strangeKeys, doors)
})

import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { beforeAll, expect, test } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { describeEngine } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, type TestValkey, valkeyServer } from '../../support/valkey.ts'
import { connectDragonfly } from '../stores/dragonfly/config.ts'
import { startCuttingProxy } from '../stores/dragonfly/cutting-proxy.ts'
import { limits, passwordOf } from '../stores/harness.ts'

const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`

/**
 * What DragonflyDB 1.40 answers otherwise than Valkey, after its source: AclFamily::GetUser, ClientKill, FormatClientInfo, and the
 * words that ParseAclSetUser does not know. Everything else is Valkey's own answer.
 */
function answerAsDragonfly(words: readonly string[]): string | null {
  const [first = '', second = '', third = ''] = words.map((word) => word.toUpperCase())
  if (first === 'CLIENT' && second === 'KILL' && third === 'USER') return '-ERR syntax error\r\n'
  if (first === 'CLIENT' && second === 'LIST')
    return bulk('id=1 addr=127.0.0.1:1 name=x age=1 idle=0 lib-name= lib-ver=\n')
  if (first === 'INFO') return bulk('redis_version:7.4.0\r\ndragonfly_version:df-v1.40.1\r\nredis_mode:standalone\r\n')
  if (first === 'ACL' && second === 'GETUSER' && third === 'DEFAULT') {
    const [flags, passwords] = [`*1\r\n${bulk('on')}`, bulk('#0123456789abcde')]
    const fields = [bulk('flags'), flags, bulk('passwords'), passwords, bulk('commands'), bulk('+@all')]
    return `*10\r\n${[...fields, bulk('keys'), bulk('~*'), bulk('channels'), bulk('&*')].join('')}`
  }
  const unknown = words.find((word) => ['reset', 'clearselectors', 'resetdbs'].includes(word) || word.startsWith('#'))
  if (first === 'ACL' && second === 'SETUSER' && unknown !== undefined) {
    return `-ERR Unrecognized parameter ${unknown.toUpperCase()}\r\n`
  }
  return null
}

describeEngine('valkey', "a server that speaks as DragonflyDB's source does", () => {
  let server: TestValkey
  let admin: Redis
  let store: Store

  beforeAll(async () => {
    server = await valkeyServer()
    admin = connectValkey(server)
    const proxy = await startCuttingProxy(Number(new URL(server.url).port), { answer: answerAsDragonfly })
    store = await connectDragonfly(server, proxy.port)
    return async () => {
      await store.close()
      await proxy.close()
    }
  })

  test('it is taken for what it is', async () => {
    expect(await store.health()).toMatchObject({ version: '1.40.1', kind: null })
  })

  test('a company is provisioned, suspended, resumed and removed without the words it does not know', async () => {
    const company = uniqueName('dialect')
    await store.provision([{ company, limits }])
    const user = { name: `tenant_${company}`, password: await passwordOf(company) }
    const client = connectValkey(server, user)
    // Its channels are taken away, which closes this connection on Valkey and every connection on DragonflyDB.
    await client.subscribe(`t:${company}:news`)
    const closed = once(client, 'end')
    await store.suspend(company)
    await closed
    await expect(connectValkey(server, user).ping()).rejects.toThrow()
    expect(await admin.call('ACL', 'GETUSER', user.name)).toEqual(expect.arrayContaining([['off'], '-@all', '']))
    await store.resume({ company, limits })
    expect(await connectValkey(server, user).ping()).toBe('PONG')
    await store.deprovision(company)
    expect(await store.findRemains(company)).toEqual([])
  })

  test('an open connection that stays can do nothing, since its rights went before', async () => {
    const company = uniqueName('open')
    await store.provision([{ company, limits }])
    const client = connectValkey(server, { name: `tenant_${company}`, password: await passwordOf(company) })
    await client.set(`t:${company}:k`, '1')
    await store.suspend(company)
    await expect(client.get(`t:${company}:k`)).rejects.toThrow(/NOPERM/)
    await store.deprovision(company)
  })

  test('whose a connection is stays unknown', async () => {
    const company = uniqueName('facts')
    await store.provision([{ company, limits }])
    expect(await store.readFacts(company)).toMatchObject({ connections: null, lastActivityAt: null, items: 0 })
    await store.deprovision(company)
  })
})

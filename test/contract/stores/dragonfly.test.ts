import type { Redis } from 'ioredis'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { dragonfly } from '../../../src/engines/dragonfly/engine.ts'
import { connectValkey, valkeyServer } from '../../support/valkey.ts'
import { describeStore } from './contract.ts'
import { configFor, settingsOf } from './dragonfly/config.ts'
import { configOf, passwordOf, type StoreUnderTest, type Visitor } from './harness.ts'

/** On Valkey, which stands for DragonflyDB's protocol, unless DBSVC_TEST_DRAGONFLY_URL names a server. */
describeStore({ engine: dragonfly, restsOn: 'valkey', vitals: ['memory_usage_mb', 'cache_hit_rate_percent'], open })

async function open(): Promise<StoreUnderTest> {
  const server = await valkeyServer()
  const admin = connectValkey(server)
  return {
    config: configFor(server),
    wrongPassword: configOf({ dragonfly: { ...settingsOf(server), password: 'not the password' } }),
    unreachable: configOf({ dragonfly: { url: `redis://127.0.0.1:${await findFreePort()}` } }),
    async enter(company) {
      const user = { name: `tenant_${company}`, password: await passwordOf(company) }
      const client = connectValkey(server, user)
      await client.connect()
      return visitorOf(client, company)
    },
    refusesSuspended: true,
    async traces(company) {
      const keys = (await admin.keys('*')).filter((key) => key.startsWith(`t:${company}:`))
      const users = (await admin.call('ACL', 'USERS')) as string[]
      const budget = await admin.hget('dbsvc:budgets', company)
      return [...keys, ...users.filter((user) => user === `tenant_${company}`), ...(budget === null ? [] : ['budget'])]
    },
    limitsIn: (company) => admin.hget('dbsvc:budgets', company),
    async breakIsolation(victim, intruder) {
      await admin.call('ACL', 'SETUSER', `tenant_${intruder}`, `%R~t:${victim}:*`)
    },
    schema: null,
  }
}

function visitorOf(client: Redis, company: string): Visitor {
  // Companies may not search for keys: what is to be found again goes into one.
  const key = `t:${company}:written`
  return {
    async write(text) {
      await client.hset(key, text, text)
    },
    read: () => client.hvals(key),
    async close() {
      client.disconnect()
    },
  }
}

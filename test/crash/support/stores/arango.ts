import type { Database } from 'arangojs'
import { arango } from '../../../../src/engines/arango/engine.ts'
import { arangoServer, connectArango } from '../../../support/arango.ts'
import { chunks } from '../../../support/request-proxy.ts'
import type { CrashHarness } from './harness.ts'

const json = (up: readonly object[], down: readonly object[]): string => JSON.stringify({ up, down })
const sharedDatabase = 'dbsvc_shared'
const register = 'dbsvc_companies'

export const arangoHarness: CrashHarness = {
  engine: arango,
  restsOn: 'arango',
  urlVariable: 'DBSVC_ARANGO_URL',
  framing: chunks,
  migrations: {
    'shared/0001_prices.json': json(
      [{ createCollection: { name: 'crash_prices' } }],
      [{ dropCollection: { name: 'crash_prices' } }],
    ),
    'shared/0002_rates.json': json(
      [
        { createCollection: { name: 'crash_rates' } },
        { createIndex: { collection: 'crash_prices', name: 'by_symbol', type: 'persistent', fields: ['symbol'] } },
      ],
      [{ dropIndex: { collection: 'crash_prices', name: 'by_symbol' } }, { dropCollection: { name: 'crash_rates' } }],
    ),
    'tenant/0001_orders.json': json(
      [{ createCollection: { name: 'orders' } }],
      [{ dropCollection: { name: 'orders' } }],
    ),
    'tenant/0002_customers.json': json(
      [
        { createCollection: { name: 'customers' } },
        { createIndex: { collection: 'orders', name: 'by_symbol', type: 'persistent', fields: ['symbol'] } },
        { createCollection: { name: 'orders_of', type: 'edge' } },
      ],
      [
        { dropCollection: { name: 'orders_of' } },
        { dropIndex: { collection: 'orders', name: 'by_symbol' } },
        { dropCollection: { name: 'customers' } },
      ],
    ),
  },
  async open() {
    const server = await arangoServer()
    const { url, user, password } = server
    const system = connectArango(server)
    return {
      url,
      section: (at) => ({ arango: { url: at, user, password } }),
      async traces(company) {
        const name = `tenant_${company}`
        const isThere = (await system.listDatabases()).includes(name)
        const users = (await system.listUsers()).filter((each) => each.user === name)
        const access = users.length === 0 ? {} : await system.getUserDatabases(name)
        return [
          ...(isThere ? [`database ${name}`, ...(await describeDatabase(connectArango(server, name)))] : []),
          ...users.map(({ active }) => `user ${name} ${active ? 'active' : 'inactive'} ${JSON.stringify(access)}`),
        ]
      },
      async sharedTraces() {
        if (!(await system.listDatabases()).includes(sharedDatabase)) return []
        return describeDatabase(connectArango(server, sharedDatabase))
      },
      async clearShared() {
        if (!(await system.listDatabases()).includes(sharedDatabase)) return
        const shared = connectArango(server, sharedDatabase)
        for (const { name } of await shared.listCollections()) {
          if (name !== register) await shared.collection(name).drop()
        }
      },
      async fill(company) {
        const orders = connectArango(server, `tenant_${company}`).collection('orders')
        await orders.saveAll([{ _key: 'a', symbol: 'EURUSD' }, { _key: 'b' }])
      },
    }
  },
}

async function describeDatabase(database: Database): Promise<string[]> {
  const collections = (await database.listCollections()).sort((a, b) => (a.name < b.name ? -1 : 1))
  const described = await Promise.all(
    collections.map(async ({ name, type }) => {
      const collection = database.collection(name)
      const indexes = (await collection.indexes()).map(({ name: index, type: kind }) => `${kind} ${index}`).sort()
      const cursor = await database.query<object>('FOR d IN @@name SORT d._key RETURN UNSET(d, "_rev", "_id")', {
        '@name': name,
      })
      return `collection ${name} of type ${type}, ${indexes.join(', ')}: ${JSON.stringify(await cursor.all())}`
    }),
  )
  return described
}

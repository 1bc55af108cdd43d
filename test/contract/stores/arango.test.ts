import type { Database } from 'arangojs'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { arango } from '../../../src/engines/arango/engine.ts'
import { arangoServer, connectArango } from '../../support/arango.ts'
import { describeStore } from './contract.ts'
import { configOf, passwordOf, type StoreSchema, type StoreUnderTest, type Visitor } from './harness.ts'

const file = (...up: readonly object[]): string => JSON.stringify({ up })

const schema: Pick<StoreSchema, 'files'> = {
  files: {
    shared: { '1_news.json': file({ createCollection: { name: 'contract_news' } }) },
    tenant: {
      '1_orders.json': file(
        { createCollection: { name: 'orders' } },
        { createIndex: { collection: 'orders', name: 'by_symbol', type: 'persistent', fields: ['symbol'] } },
      ),
      '2_customers.json': file({ createCollection: { name: 'customers' } }),
    },
  },
}

/** On the stand-in, unless DBSVC_TEST_ARANGO_URL names a server. */
describeStore({ engine: arango, restsOn: 'arango', vitals: ['collections_count'], open })

async function open(): Promise<StoreUnderTest> {
  const server = await arangoServer()
  const { url, user, password } = server
  const system = connectArango(server)
  const place = (company: string): string => `tenant_${company}`
  return {
    config: configOf({ arango: { url, plaintext: true, user, password } }),
    wrongPassword: configOf({ arango: { url, plaintext: true, user, password: 'not the password' } }),
    unreachable: configOf({ arango: { url: `http://127.0.0.1:${await findFreePort()}`, user, password } }),
    enter: async (company) =>
      visitorOf(connectArango(server, place(company), place(company), await passwordOf(company))),
    refusesSuspended: true,
    async traces(company) {
      const databases = (await system.listDatabases()).filter((name) => name === place(company))
      const users = (await system.listUsers()).map((each) => each.user).filter((name) => name === place(company))
      return [...databases, ...users]
    },
    limitsIn: null,
    async breakIsolation(victim, intruder) {
      await system.setUserAccessLevel(place(intruder), { database: place(victim) }, 'rw')
    },
    schema: {
      ...schema,
      dataOf: null,
      async change(company) {
        await connectArango(server, place(company)).createCollection('made_by_hand')
      },
    },
  }
}

function visitorOf(database: Database): Visitor {
  const name = 'written'
  const isThere = async (): Promise<boolean> =>
    (await database.listCollections()).some((collection) => collection.name === name)
  return {
    async write(text) {
      if (!(await isThere())) await database.createCollection(name)
      await database.collection(name).save({ text })
    },
    async read() {
      if (!(await isThere())) return []
      const cursor = await database.query<string>('for each in @@collection return each.text', { '@collection': name })
      return cursor.all()
    },
    async close() {
      database.close()
    },
  }
}

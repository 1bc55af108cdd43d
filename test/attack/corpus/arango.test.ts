import type { Database } from 'arangojs'
import { afterAll, beforeAll } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { arangoServer, connectArango, type TestArango } from '../../support/arango.ts'
import { arangoStore, companyNamed, passwordOf } from '../../support/arango-store.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { type ArangoAttempt, techniques } from './arango/requests.ts'
import { attackStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'

describeEngine('arango', 'the corpus', () => {
  // Names that begin alike.
  const attacker = uniqueName('company')
  const victim = `${attacker}_c`
  const user = `tenant_${attacker}`
  let server: TestArango
  let system: Database
  let store: Store

  beforeAll(async () => {
    server = await arangoServer()
    system = connectArango(server)
    store = await arangoStore()
    await store.provision([attacker, victim].map(companyNamed))
    for (const [company, note] of [
      [attacker, 'own'],
      [victim, 'canary'],
    ]) {
      const trades = await connectArango(server, `tenant_${company}`).createCollection('trades')
      await trades.save({ _key: 'a', note })
    }
  })
  afterAll(() => store.close())

  const named = (path: string): string => path.replace(/\bV\b/, `tenant_${victim}`).replace(/\bU\b/, user)

  const ask = async ({ method, path, body }: ArangoAttempt): Promise<Told> => {
    const credentials = Buffer.from(`${user}:${passwordOf(attacker)}`).toString('base64')
    const response = await fetch(`${server.url}${named(path)}`, {
      method,
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { verdict: response.ok ? 'ok' : `${response.status} ${text}`, bytes: text, rowCount: 1 }
  }

  const restore = async (): Promise<void> => {
    const own = connectArango(server, `tenant_${victim}`)
    await own.collection('trades').truncate()
    await own.collection('trades').save({ _key: 'a', note: 'canary' })
    for (const collection of await own.collections()) if (collection.name === 'planted') await collection.drop()
    await system.dropDatabase('planted').catch(() => {})
    await system.removeUser('planted').catch(() => {})
  }

  const engine = engineFinding('arango').kind === 'stand-in' ? 'arango stand-in' : 'arango'
  attackStore<ArangoAttempt>('arangodb', engine, techniques, () => ({
    send: (_technique, attempt) => ask(attempt),
    honest: () => ask({ method: 'GET', path: `/_db/tenant_${attacker}/_api/document/trades/a` }),
    async sendWithout({ mechanism }, attempt) {
      const database = mechanism === 'system' ? '_system' : `tenant_${victim}`
      if (attempt.path.endsWith('/planted')) await system.createDatabase('planted')
      await system.setUserAccessLevel(user, { database }, mechanism === 'system' ? 'rw' : (mechanism as 'ro' | 'rw'))
      if (mechanism !== 'system') {
        await system.setUserAccessLevel(user, { database, collection: '*' }, mechanism as 'ro' | 'rw')
      }
      try {
        return await ask(attempt)
      } finally {
        await store.provision([companyNamed(attacker)])
        await restore()
      }
    },
    async victim() {
      const own = connectArango(server, `tenant_${victim}`)
      const cursor = await own.query('for d in trades sort d._key return [d._key, d.note]')
      return [await cursor.all(), (await own.collections()).map(({ name }) => name).toSorted()]
    },
  }))
})

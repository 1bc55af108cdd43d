import { beforeAll } from 'vitest'
import { givenOrders } from '../../e2e/support/given.ts'
import { arangoServer, connectArango, type TestArango } from '../../support/arango.ts'
import { describeEngine } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { type AqlAttempt, techniques, uncounted } from './arango/aql.ts'
import { alteredRouters } from './runner/altered-routers.ts'
import { attackStore, type StoreDoors, tryOnStore } from './runner/stores.ts'
import type { Told } from './runner/transcript.ts'

const network = {
  up: [
    { createCollection: { name: 'users' } },
    { createCollection: { name: 'follows', type: 'edge' } },
    {
      createGraph: {
        name: 'network',
        edgeDefinitions: [{ collection: 'follows', from: ['users'], to: ['users'] }],
      },
    },
  ],
}

describeEngine('arango', 'the corpus by the router', () => {
  // Names that begin alike.
  const attacker = uniqueName('company')
  const victim = `${attacker}_c`
  let server: TestArango
  let router: TestRouter
  let altered: ReturnType<typeof alteredRouters>

  beforeAll(async () => {
    server = await arangoServer()
    const given = await givenOrders({
      companies: [attacker, victim],
      migrations: { 'arango/tenant/0001_network.json': JSON.stringify(network) },
      config: { arango: { url: server.url, user: server.user, password: server.password } },
    })
    const own = databaseFor(attacker)
    if (!(await own.collection('_aqlfunctions').exists()))
      await own.createCollection('_aqlfunctions', { isSystem: true })
    await seed()
    altered = alteredRouters((alterations) =>
      startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given }, { alterations }),
    )
    router = await altered([])
  }, 120_000)

  const databaseFor = (company: string) => connectArango(server, `tenant_${company}`)
  const rowsOf = async (company: string, collection: string): Promise<unknown[]> =>
    (await databaseFor(company).query(`for d in ${collection} sort d._key return unset(d, "_rev")`)).all()
  const seed = async (): Promise<void> => {
    for (const [company, note, keys] of [
      [attacker, 'own', ['a']],
      [victim, 'canary', ['a', 'b', 'c']],
    ] as const) {
      const of = databaseFor(company)
      for (const collection of ['users', 'follows']) await of.collection(collection).truncate()
      for (const _key of keys) await of.collection('users').save({ _key, note })
      for (const [from, to] of ['ab', 'bc'])
        await of.collection('follows').save({ _key: `${from}${to}`, _from: `users/${from}`, _to: `users/${to}` })
    }
    await databaseFor(attacker).collection('_aqlfunctions').truncate()
    await databaseFor(attacker).collection('_aqlfunctions').save({ _key: 'system', code: 'canary' })
  }
  const state = async () => [
    await rowsOf(victim, 'users'),
    await rowsOf(victim, 'follows'),
    (await databaseFor(victim).collections()).map(({ name }) => name).toSorted(),
  ]

  const ask = async (asked: TestRouter, { path, body }: AqlAttempt, company = attacker): Promise<Told> => {
    const named = JSON.parse(JSON.stringify(body).replace(/\bV\b/g, `tenant_${victim}`))
    const answer = await asked.post<{ error?: { code: string; message: string } }>(`/v1/graph/${path}`, named, {
      'x-dbsvc-company': company,
    })
    const { error } = answer.body
    return {
      verdict: error === undefined ? 'ok' : `${error.code} ${error.message}`,
      bytes: JSON.stringify(answer.body),
      rowCount: 1,
    }
  }
  const ordinary: AqlAttempt = { path: 'query', body: { query: 'for u in users return u' } }

  const doors = (): StoreDoors<AqlAttempt> => ({
    send: (_technique, attempt) => ask(router, attempt),
    honest: () => ask(router, ordinary),
    async sendWithout({ mechanism, alterations = [] }, attempt) {
      const without = await altered(alterations)
      // The victim is at work there too.
      await ask(without, ordinary, victim)
      await seed()
      const system = connectArango(server)
      const database = `tenant_${victim}`
      if (mechanism === 'rw') {
        await system.setUserAccessLevel(`tenant_${attacker}`, { database }, 'rw')
        await system.setUserAccessLevel(`tenant_${attacker}`, { database, collection: '*' }, 'rw')
      }
      try {
        const before = JSON.stringify(await state())
        const told = await ask(without, attempt)
        const changed = JSON.stringify(await state()) === before ? '' : ' the victim has changed'
        return { ...told, bytes: told.bytes + changed }
      } finally {
        await system.setUserAccessLevel(`tenant_${attacker}`, { database }, 'none')
        await system.setUserAccessLevel(`tenant_${attacker}`, { database, collection: '*' }, 'none')
        await seed()
      }
    },
    victim: state,
  })

  attackStore('arangodb by router', 'arango stand-in', techniques, doors)
  tryOnStore(uncounted, doors)
})

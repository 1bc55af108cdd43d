import type { Database } from 'arangojs'
import { afterEach, expect, test } from 'vitest'
import type { Store } from '../../../src/engines/store.ts'
import { type RunningStandIn, type StandInOptions, startArangoStandIn } from '../../standins/arango/start.ts'
import { arangoServer, connectArango, type TestArango } from '../../support/arango.ts'
import { arangoStore, companyNamed } from '../../support/arango-store.ts'
import { describeEngine, engineFinding } from '../../support/engines.ts'
import { uniqueName } from '../../support/unique-name.ts'

describeEngine('arango', 'doctor', () => {
  const isOwn = engineFinding('arango').kind === 'stand-in'
  let running: RunningStandIn | null = null
  let store: Store | null = null

  afterEach(async () => {
    await store?.close()
    await running?.stop()
    store = null
    running = null
  })

  /** What a server says only of itself as a whole, such as that root has no password, is asked of one of this test's own. */
  async function given(options: StandInOptions): Promise<{ store: Store; system: Database; server: TestArango }> {
    running = await startArangoStandIn(options)
    const server = { url: running.url, user: 'root', password: options.rootPassword ?? '' }
    store = await arangoStore(server)
    return { store, system: connectArango(server), server }
  }

  const found = async (of: Store): Promise<string[]> =>
    (await of.examine()).map(({ id, message }) => `${id}: ${message}`)

  const limited = {
    'query.memory-limit': 1_073_741_824,
    'query.max-runtime': 60,
    'foxx.api': false,
  }

  test('health says what server it is, and that it is none', async () => {
    const own = await arangoStore(await arangoServer())
    const health = await own.health()
    expect(health).toEqual({
      version: expect.stringMatching(/^3\.1\d\./),
      kind: engineFinding('arango').kind === 'stand-in' ? 'stand-in' : null,
      lacks: [],
      separates: true,
    })
    await own.close()
  })

  test.runIf(isOwn)('nothing is found on a server that is as it should be', async () => {
    const { store: examined } = await given({ rootPassword: 'x', startupOptions: limited })
    await examined.provision([companyNamed('one'), companyNamed('two')])
    expect(await found(examined)).toEqual([])
    expect(await examined.probeIsolation('one', 'two')).toEqual([])
    expect(await found(examined)).toEqual([])
  })

  test.runIf(isOwn)('what the server was started with is found', async () => {
    const { store: examined } = await given({ startupOptions: { 'server.statistics': false } })
    const ids = (await examined.examine()).map(({ id }) => id)
    expect(ids).toEqual([
      'arango-root-without-password',
      'arango-query-memory-unlimited',
      'arango-query-runtime-unlimited',
      'arango-foxx-open',
      'arango-statistics-off',
    ])
  })

  test.runIf(isOwn)('users that reach what is not theirs are found', async () => {
    const { store: examined, system } = await given({ rootPassword: 'x', startupOptions: limited })
    await examined.provision([companyNamed('one')])
    for (const [user, database] of [
      ['analyst', 'tenant_one'],
      ['everyone', '*'],
      ['second_root', '_system'],
    ] as const) {
      await system.createUser(user, 'x')
      await system.setUserAccessLevel(user, { database }, 'rw')
    }
    expect(await found(examined)).toEqual([
      'arango-shared-database: user analyst has access to tenant_one',
      'arango-open-grant: user everyone has access to every database that has no grant of its own for it',
      'arango-open-grant: user second_root may manage databases and users',
    ])
  })

  test.runIf(isOwn)('what is half there, and what looks like a company and is none, is found', async () => {
    const { store: examined, system } = await given({ rootPassword: 'x', startupOptions: limited })
    await examined.provision([companyNamed('one'), companyNamed('two')])
    await system.removeUser('tenant_one')
    await system.dropDatabase('tenant_two')
    await system.createDatabase('tenant_stranger')
    expect(await found(examined)).toEqual([
      'arango-half-made-company: one has no user in ArangoDB',
      'arango-half-made-company: two has no database in ArangoDB',
      "arango-unregistered-place: database tenant_stranger is named as a company's, and dbsvc did not make it",
    ])
    await examined.provision([companyNamed('one'), companyNamed('two')])
    expect(await found(examined)).toHaveLength(1)
  })

  test('a server that is not told its limits is tried with those of the company', async () => {
    const own = await arangoStore()
    const company = uniqueName('limited')
    await own.provision([companyNamed(company)])
    await own.applyLimits(companyNamed(company))
    await expect(own.applyLimits(companyNamed(uniqueName('missing')))).rejects.toMatchObject({ code: 'DBS-1107' })
    await own.close()
  })
})

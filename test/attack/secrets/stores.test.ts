import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ownWeaviate } from '../../e2e/support/faults/own-weaviate.ts'
import { expectExit } from '../../e2e/support/given.ts'
import { givenPatient, type Patient, startOwnServer } from '../../e2e/support/own-server.ts'
import { startArangoStandIn } from '../../standins/arango/start.ts'
import { startClickhouseStandIn } from '../../standins/clickhouse/start.ts'
import { connectArango } from '../../support/arango.ts'
import { describeEngine } from '../../support/engines.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { connectValkey, valkeyServer } from '../../support/valkey.ts'
import { createMarks, mark } from './marks.ts'

const hunt = createMarks({ dragonfly: mark('dragonfly'), arango: mark('arango') })
const { secrets: marks, found, look } = hunt
const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
const [company, direct] = [uniqueName('secretive'), uniqueName('direct')]
const storeAdmin = uniqueName('store_admin')

describeEngine('weaviate', 'stores that are logged in to, and secrets that are sealed', () => {
  let patient: Patient
  let router: TestRouter
  let arangoUsers: ReturnType<typeof connectArango>
  let sealing: Record<string, string> = { DBSVC_SECRETS_KEY: first }
  const stops: (() => Promise<unknown>)[] = []

  const run = async (args: readonly string[], except?: readonly string[]) => {
    const result = await patient.dbsvc(args, { env: sealing, timeoutMs: 120_000 })
    look(`dbsvc ${args.join(' ')}`, result.stdout + result.stderr, except)
    return result
  }
  const shown = async (name: string): Promise<string> =>
    (await patient.dbsvc(['secret', 'show', name], { env: sealing })).stdout.trim()

  beforeAll(async () => {
    Object.assign(marks, { sealing: first, 'next sealing': second })
    const server = await startOwnServer()
    const [valkey, arango, weaviate, clickhouse] = [
      await valkeyServer(),
      await startArangoStandIn({ rootPassword: marks.arango ?? '' }),
      await ownWeaviate(),
      await startClickhouseStandIn(),
    ]
    stops.push(weaviate.stop, clickhouse.stop, arango.stop)
    arangoUsers = connectArango({ url: arango.url, user: 'root', password: marks.arango ?? '' })
    await connectValkey(valkey).call('ACL', 'SETUSER', storeAdmin, 'on', `>${marks.dragonfly}`, '~*', '&*', '+@all')
    const behind = new URL(clickhouse.url)
    marks.clickhouse = decodeURIComponent(behind.password)
    const config = weaviate.config(weaviate.port) as { weaviate: { apiKey: string } }
    marks.weaviate = config.weaviate.apiKey
    patient = await givenPatient(server, {
      migrations: weaviate.migrations,
      config: {
        dragonfly: { url: `redis://127.0.0.1:${new URL(valkey.url).port}`, user: storeAdmin },
        arango: { url: arango.url },
        clickhouse: { url: behind.origin, user: behind.username },
        weaviate: { ...config.weaviate, apiKey: `\${env:WEAVIATE_KEY}` },
      },
    })
    sealing = {
      ...sealing,
      DBSVC_DRAGONFLY_PASSWORD: marks.dragonfly ?? '',
      DBSVC_ARANGO_PASSWORD: marks.arango ?? '',
      DBSVC_CLICKHOUSE_PASSWORD: marks.clickhouse,
      WEAVIATE_KEY: marks.weaviate,
    }
    hunt.watchProcesses()
    expectExit(await run(['migrate', 'up']), 0)
    expectExit(await run(['tenant', 'create', company, '--verbose']), 0)
    expectExit(await run(['tenant', 'create', direct, '--login', '--verbose']), 0)
    // From now on what has just been made is looked for too.
    marks.login = await shown(`postgres-main-login-${direct}`)
    for (const engine of ['dragonfly', 'clickhouse', 'arango']) {
      const key = await shown(`${engine}-main-company-key`)
      marks[`company key of ${engine}`] = key
      for (const each of [company, direct]) {
        marks[`${engine} of ${each}`] = createHmac('sha256', key).update(each).digest('base64url')
      }
    }
  }, 240_000)
  afterAll(async () => {
    await router?.stop()
    for (const stop of stops) await stop()
  })

  test('there are marks of every kind', () => {
    for (const value of Object.values(marks)) expect(value.length).toBeGreaterThan(12)
    expect(Object.keys(marks)).toHaveLength(16)
  })

  test('what is told of them would be found', async () => {
    const other = createMarks(marks)
    const key = await patient.dbsvc(['secret', 'show', 'arango-main-company-key', '--json'], { env: sealing })
    other.look('the answer', `${key.stdout} ${Buffer.from(`x:${marks.dragonfly}`).toString('base64')}`)
    expect(other.found).toEqual(['dragonfly in the answer', 'company key of arango in the answer'])
  })

  test('those of companies are what their users are logged in with', async () => {
    const client = connectValkey(await valkeyServer(), {
      name: `tenant_${company}`,
      password: marks[`dragonfly of ${company}`] ?? '',
    })
    expect(await client.get(`t:${company}:k:x`)).toBeNull()
  })

  describe('commands tell none', () => {
    test.each([
      ['config', 'view', '--json'],
      ['doctor', '--json', '--verbose'],
      ['doctor', '--only', 'stores', '--only', 'places', '--only', 'store-drift', '--json'],
      ['tenant', 'create', company, direct, '--verbose', '--json'],
      ['tenant', 'show', direct, '--json'],
      ['tenant', 'list', '--json'],
      ['tenant', 'suspend', company, '--verbose'],
      ['tenant', 'resume', company, '--verbose'],
      ['secret', 'list', '--json'],
      ['key', 'rotate', '--verbose'],
    ])('%s %s', async (...args) => {
      await run(args)
      expect(found).toEqual([])
    }, 120_000)

    test('nor do those that open what another key has sealed', async () => {
      const opened = sealing
      sealing = { ...opened, DBSVC_SECRETS_KEY: second }
      expectExit(await run(['secret', 'list', '--verbose']), 0)
      expect((await run(['secret', 'show', 'arango-main-company-key', '--verbose'])).exitCode).not.toBe(0)
      sealing = { ...opened, DBSVC_SECRETS_KEY: first.slice(4) }
      expect((await run(['doctor', '--verbose'])).exitCode).not.toBe(0)
      sealing = { ...opened, DBSVC_SECRETS_KEY: second, DBSVC_SECRETS_PREVIOUS_KEY: first }
      expectExit(await run(['secret', 'rotate', '--verbose']), 0)
      expect(found).toEqual([])
    }, 120_000)
  })

  test('a router that logs in as companies tells none, nor does one that is refused', async () => {
    const project = { ...patient }
    router = await startRouter(
      { dbsvc: (...args) => run(args), project },
      { env: { ...sealing, DATABASE_PASSWORD: patient.database.password, DBSVC_SERVER_LOG_LEVEL: 'debug' } },
    )
    marks.apiKey = router.key
    const told: unknown[] = []
    const ask = async (path: string, body: object) => {
      const answer = await router.post(path, body, { 'x-dbsvc-company': company })
      told.push({ ...answer, headers: [...answer.headers] })
      return answer.status
    }
    expect(await ask('/v1/cache/set', { key: 'k', value: 1 })).toBe(200)
    expect(await ask('/v1/graph/query', { query: 'return 7' })).toBe(200)
    expect(await ask('/v1/graph/query', { query: 'return' })).toBe(400)
    expect(await ask('/v1/query', { sql: 'select 1 as one', database: 'clickhouse' })).toBe(200)
    expect(
      await ask('/v1/vector/insert', { class: 'Notes', objects: [{ properties: { title: 'x' }, vector: [1] }] }),
    ).toBe(200)
    // Whoever manages the users has given this one another password, and closed what was open.
    const valkey = connectValkey(await valkeyServer())
    await valkey.call('ACL', 'SETUSER', `tenant_${company}`, 'resetpass', '>another')
    await valkey.call('CLIENT', 'KILL', 'USER', `tenant_${company}`)
    await arangoUsers.updateUser(`tenant_${company}`, { passwd: 'another' })
    for (const path of ['/v1/cache/get', '/v1/cache/delete']) expect(await ask(path, { key: 'k' })).not.toBe(200)
    await ask('/v1/graph/query', { query: 'return 7' })
    look('answers', JSON.stringify(told))
    await router.stop()
    const { stdout, stderr } = await router.process.exited
    look('the log', stdout + stderr)
    expect(found).toEqual([])
  }, 120_000)

  test('files beside the sealed ones have none, final exports neither', async () => {
    expectExit(await run(['tenant', 'drop', company, '--confirm', company, '--verbose']), 0)
    // The sealed ones have none in the clear.
    await hunt.lookInFiles(patient.directory)
    await hunt.lookInFiles(patient.secrets)
    expect(found).toEqual([])
  }, 120_000)
})

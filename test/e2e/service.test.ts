import { beforeAll, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { grantsWith, startRouter, type TestRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { expectError } from './support/given.ts'

interface Made {
  readonly service: string
  readonly keyId: string
  readonly key: string
}

let cluster: Cluster
let router: TestRouter

beforeAll(async () => {
  cluster = await createCluster()
  router = await startRouter(cluster)
})

const run = (args: readonly string[]) => runDbsvc(args, { cwd: cluster.project.directory })
const make = async (args: readonly string[]) => (await cluster.dbsvc(...args, '--json')).json<Made>()
const soon = { timeout: 10_000, interval: 200 }

/** Status, and the code of the error, of a request with a key. */
const ask = async ({ key }: Made, path: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await router.post<{ error?: { code: string } }>(path, body, {
    authorization: `Bearer ${key}`,
    ...headers,
  })
  return answer.body.error?.code ?? answer.status
}
const read = (made: Made, headers = {}) => ask(made, '/v1/query', { sql: 'select 1' }, headers)
const write = (made: Made, headers = {}) => ask(made, '/v1/execute', { sql: 'update users set email = email' }, headers)
/** Until routers have seen that the key is there. */
const known = async (made: Made) => {
  await expect.poll(() => read(made), soon).not.toBe('DBS-2101')
  return made
}
const rows = (service: string) =>
  cluster.database.query(
    `select companies, engines, verbs, whole_company, networks::text[], expires_at
     from dbsvc.services join dbsvc.service_keys using (service) where service = $1`,
    [service],
  )

test('what is not granted is not allowed', async () => {
  const bare = await known(await make(['service', 'create', 'bare', '--verb', 'read']))
  expect(await rows('bare')).toEqual([
    { companies: [], engines: [], verbs: ['read'], whole_company: true, networks: null, expires_at: null },
  ])
  expect(await read(bare)).toBe('DBS-2102')
  const nothing = await run(['service', 'create', 'nothing'])
  expect([nothing.exitCode, nothing.stderr]).toEqual([64, expect.stringContaining('--verb')])
})

test('--company, --engine and --verb', async () => {
  const args = ['service', 'create', 'reports', '--company', 'company_abc', '--engine', 'postgres', '--verb', 'read']
  const reports = await known(await make(args))
  expect(await rows('reports')).toMatchObject([{ companies: ['company_abc'], engines: ['postgres'], verbs: ['read'] }])
  expect(await read(reports)).toBe(200)
  expect(await read(reports, { 'x-dbsvc-company': 'company_xyz' })).toBe('DBS-2102')
  expect(await write(reports)).toBe('DBS-2102')
  expect(await ask(reports, '/v1/cache/get', { key: 'k' })).toBe('DBS-2102')

  const all = ['--company', 'all', '--engine', 'all', '--verb', 'read', '--verb', 'write']
  const wide = await known(await make(['service', 'create', 'wide', ...all]))
  expect(await rows('wide')).toMatchObject([
    {
      companies: null,
      engines: ['postgres', 'clickhouse', 'dragonfly', 'weaviate', 'arango'],
      verbs: ['read', 'write'],
    },
  ])
  expect([await read(wide, { 'x-dbsvc-company': 'company_xyz' }), await write(wide)]).toEqual([200, 200])
})

test('--user-only: each request names a user', async () => {
  const portal = await known(await make(['service', 'create', 'portal', ...grantsWith(), '--user-only']))
  expect(await rows('portal')).toMatchObject([{ whole_company: false }])
  expect(await read(portal)).toBe('DBS-2102')
  // One that is empty is refused as no user, or as one left out.
  expect(['DBS-2001', 'DBS-2102']).toContain(await read(portal, { 'x-dbsvc-user': '' }))
  expect(await read(portal, { 'x-dbsvc-user': 'user123' })).toBe(200)
})

test('--network: from elsewhere the key is not taken', async () => {
  const far = ['service', 'create', 'far', ...grantsWith(), '--network', '10.0.0.0/8', '--network', '2001:db8::/32']
  const near = ['service', 'create', 'near', ...grantsWith(), '--network', '10.0.0.0/8', '127.0.0.1']
  const [outside, inside] = [await make(far), await known(await make(near))]
  expect(await rows('far')).toMatchObject([{ networks: ['10.0.0.0/8', '2001:db8::/32'] }])
  expect([await read(inside), await read(outside)]).toEqual([200, 'DBS-2101'])
  const wrong = await run(['service', 'create', 'wrong', '--verb', 'read', '--network', '10.0.0.1/8'])
  expect([wrong.exitCode, wrong.stderr]).toEqual([64, expect.stringContaining('DBS-2114')])
})

test('--expires: a duration or a date, after which the key is not taken', async () => {
  const brief = await known(await make(['service', 'create', 'brief', ...grantsWith(), '--expires', '12s']))
  expect(await read(brief)).toBe(200)
  await make(['service', 'create', 'dated', '--verb', 'read', '--expires=2999-12-31'])
  expect(await rows('dated')).toMatchObject([{ expires_at: new Date('2999-12-31T00:00:00Z') }])
  for (const wrong of ['2020-01-01', '0s', 'tomorrow', '2999-02-30']) {
    expect((await run(['service', 'create', 'undated', '--verb', 'read', '--expires', wrong])).exitCode).toBe(64)
  }
  await expect.poll(() => read(brief), { timeout: 20_000, interval: 500 }).toBe('DBS-2101')
}, 40_000)

test('two keys are taken while a service rotates; the older one ends after --grace', async () => {
  const terms = ['--network', '127.0.0.0/8', '--expires', '30d']
  const older = await known(await make(['service', 'create', 'bridge', ...grantsWith(), ...terms]))
  const rotated = await cluster.dbsvc(...['service', 'rotate', 'bridge', '--grace', '10s', '--json'])
  const newer = await known(rotated.json<Made>())
  expect([await read(older), await read(newer)]).toEqual([200, 200])
  expect(rotated.json()).toMatchObject({ older: { keyId: older.keyId } })
  const [, lives] = await cluster.database.query<{ networks: string[]; days: number }>(
    `select networks::text[], round(extract(epoch from expires_at - now()) / 86400)::int as days
     from dbsvc.service_keys where service = 'bridge' order by created_at`,
  )
  expect(lives).toEqual({ networks: ['127.0.0.0/8'], days: 30 })

  const again = await run(['service', 'rotate', 'bridge'])
  expect([again.exitCode, again.stderr]).toEqual([5, expect.stringContaining(older.keyId)])
  await expect.poll(() => read(older), { timeout: 15_000, interval: 500 }).toBe('DBS-2101')
  expect(await read(newer)).toBe(200)
  const third = await make(['service', 'rotate', 'bridge', '--grace', '0s', '--expires', '2999-12-31'])
  await known(third)
  await expect.poll(() => read(newer), soon).toBe('DBS-2101')
  expect((await run(['service', 'rotate', 'nobody'])).exitCode).toBe(7)
}, 60_000)

test('of rotations at the same time one makes a key, and no key is lost', async () => {
  await make(['service', 'create', 'busy', '--verb', 'read'])
  const results = await Promise.all([1, 2, 3].map(() => run(['service', 'rotate', 'busy', '--json'])))
  expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5, 5])
  const made = results.find(({ exitCode }) => exitCode === 0)?.json<Made>()
  const live = await cluster.database.query<{ key_id: string; expires_at: Date | null }>(
    `select key_id, expires_at from dbsvc.service_keys where service = 'busy' order by created_at`,
  )
  expect(live.map(({ key_id, expires_at }) => [key_id, expires_at !== null])).toEqual([
    [expect.any(String), true],
    [made?.keyId, false],
  ])
}, 30_000)

test('a listing says what each key may do, and tells no key', async () => {
  const made = await make(['service', 'create', 'listed', ...grantsWith('--company', 'company_abc'), '--user-only'])
  const { stdout } = await cluster.dbsvc('service', 'list', '--json')
  expect(stdout).not.toContain(made.key)
  expect((JSON.parse(stdout) as { keys: object[] }).keys).toContainEqual({
    service: 'listed',
    keyId: made.keyId,
    lastFour: made.key.slice(-4),
    companies: ['company_abc'],
    engines: ['postgres', 'clickhouse', 'dragonfly', 'weaviate', 'arango'],
    verbs: ['read', 'write'],
    userOnly: true,
    networks: null,
    createdAt: expect.any(String),
    expiresAt: null,
    revokedAt: null,
  })
  const told = await cluster.dbsvc(...['service', 'list'])
  expect(told.stdout).toMatch(new RegExp(`listed +${made.keyId} +${made.key.slice(-4)} +company_abc +all +read write`))
})

test('set: what is named is replaced, for living keys too, and every change is kept', async () => {
  const args = ['service', 'create', 'changing', '--company', 'company_xyz', '--engine', 'postgres', '--verb', 'read']
  const made = await known(await make(args))
  expect(await read(made)).toBe('DBS-2102')
  const changed = await cluster.dbsvc('service', 'set', 'changing', '--company', 'company_abc', '--json')
  const first = { companies: ['company_xyz'], engines: ['postgres'], verbs: ['read'], userOnly: false }
  const second = { ...first, companies: ['company_abc'] }
  expect(changed.json()).toMatchObject({ service: 'changing', was: first, now: second })
  await expect.poll(() => read(made), soon).toBe(200)
  expect(await write(made)).toBe('DBS-2102')
  await cluster.dbsvc('service', 'set', 'changing', '--verb', 'read', 'write', '--engine', 'all', '--company', 'all')
  await expect.poll(() => write(made), soon).toBe(200)
  const limited = await cluster.dbsvc('service', 'set', 'changing', '--user-only')
  expect(limited.stdout).toMatch(/naming a user each time; it could read and write in every engine/)
  await expect.poll(() => read(made), soon).toBe('DBS-2102')
  expect(await read(made, { 'x-dbsvc-user': 'u1' })).toBe(200)
  await cluster.dbsvc('service', 'set', 'changing', '--no-user-only')
  await expect.poll(() => read(made), soon).toBe(200)
  expect((await cluster.dbsvc('service', 'set', 'changing', '--verb', 'write', 'read')).stdout).toMatch(/already/)
  await cluster.dbsvc('service', 'set', 'changing', '--company', 'none')
  await expect.poll(() => read(made), soon).toBe('DBS-2102')
  const changes = await cluster.database.query<{ was: object | null; now: object; changed_by: string }>(
    `select was, now, changed_by from dbsvc.service_changes where service = 'changing' order by change_id`,
  )
  expect(changes.map(({ was }) => was)).toEqual([null, ...changes.map(({ now }) => now).slice(0, -1)])
  expect(changes.map(({ now }) => now)).toMatchObject([
    { companies: ['company_xyz'], verbs: ['read'], whole_company: true },
    { companies: ['company_abc'] },
    { companies: null, verbs: ['read', 'write'] },
    { whole_company: false },
    { whole_company: true },
    { companies: [] },
  ])
  expect(changes[0]?.changed_by).not.toBe('')
})

test.each([
  [['nobody', '--verb', 'read'], 'DBS-2112'],
  [['changing', '--company', 'all', 'company_abc'], 'DBS-1201'],
  [['changing', '--company', 'Not An Id'], 'DBS-1201'],
])('set %j is refused', async (args, code) => {
  const { exitCode, stderr } = await run(['service', 'set', ...args])
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain(code)
})

test.each([
  'Trading Engine',
  'trading_engine',
  '9lives',
  `a${'b'.repeat(63)}`,
])('a service named %j is refused before anything is written', async (name) => {
  const result = await run(['service', 'create', name, '--company', 'all', '--engine', 'all', '--verb', 'read'])
  expectError(result, ExitCode.Usage, 'DBS-1903')
  expect(result.stderr).toContain('It must be a lower-case letter, then up to 62 of a-z, 0-9 and -.')
})

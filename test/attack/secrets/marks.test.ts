import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { openSecretStore } from '../../../src/config/secrets/store.ts'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { readPassword, sharedLogin } from '../../../src/engines/postgres/logins.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { type DbsvcResult, runDbsvc } from '../../support/dbsvc.ts'
import { createProject, type TestProject } from '../../support/project.ts'
import { startRouter } from '../../support/router.ts'
import { uniqueName } from '../../support/unique-name.ts'
import { createMarks, mark } from './marks.ts'

const hunt = createMarks(
  Object.fromEntries(
    ['admin', 'dragonfly', 'clickhouse', 'weaviate', 'arango', 'inUrl'].map((name) => [name, mark(name)]),
  ),
)
const { secrets: marks, found, look } = hunt
const admin = uniqueName('marked')
let database: TestDatabase
let project: TestProject
let nowhere: number

const run = async (args: readonly string[], more: Record<string, string> = {}, except?: readonly string[]) => {
  const env = { ...environment(), ...more }
  const result = await runDbsvc(args, { cwd: project.directory, env })
  look(`dbsvc ${args.join(' ')} ${Object.keys(more).join(' ')}`, result.stdout + result.stderr, except)
  return result
}

/** Secrets come by the environment, as an operator would have them. */
const environment = (): Record<string, string> => ({ DBSVC_POSTGRES_PASSWORD: marks.admin ?? '' })
const stores = (): Record<string, string> => ({
  DBSVC_DRAGONFLY_URL: `redis://127.0.0.1:${nowhere}`,
  DBSVC_DRAGONFLY_PASSWORD: marks.dragonfly ?? '',
  DBSVC_CLICKHOUSE_URL: `http://127.0.0.1:${nowhere}`,
  DBSVC_CLICKHOUSE_PASSWORD: marks.clickhouse ?? '',
  DBSVC_WEAVIATE_URL: `http://127.0.0.1:${nowhere}`,
  DBSVC_WEAVIATE_API_KEY: marks.weaviate ?? '',
  DBSVC_ARANGO_URL: `http://127.0.0.1:${nowhere}`,
  DBSVC_ARANGO_PASSWORD: marks.arango ?? '',
})

beforeAll(async () => {
  database = await createDatabase()
  nowhere = await findFreePort()
  await database.query(`create role ${admin} superuser login password '${marks.admin}'`)
  project = await createProject({ database, config: { postgres: { user: admin } } })
  // The password of the file would be another's.
  const file = join(project.directory, 'dbsvc.config.json')
  const config = JSON.parse(await readFile(file, 'utf8')) as { postgres: { password?: string } }
  delete config.postgres.password
  await project.write('dbsvc.config.json', JSON.stringify(config))
  hunt.watchProcesses()
  expect((await run(['migrate', 'up'])).exitCode).toBe(0)
  const secrets = `${inject('runDirectory')}/secrets`
  marks.router = (await readPassword(openSecretStore(secrets), sharedLogin, {})) ?? ''
  for (const name of await readdir(secrets)) {
    const text = await readFile(join(secrets, name), 'utf8').catch(() => '')
    for (const [, value = ''] of text.matchAll(/([A-Za-z0-9+/_-]{32,}={0,2})/g))
      marks[`${name} ${value.slice(0, 4)}`] = value
  }
}, 300_000)

const ended = ({ exitCode }: DbsvcResult) => exitCode

test('there are marks of every kind', () => {
  expect(Object.keys(marks)).toEqual(expect.arrayContaining(['admin', 'router', expect.stringMatching(/context-keys/)]))
  for (const mark of Object.values(marks)) expect(mark.length).toBeGreaterThan(12)
})

describe('commands tell no secret', () => {
  test.each([
    ['config', 'view'],
    ['config', 'view', '--json'],
    ['doctor', '--json'],
    ['migrate', 'status', '--verbose'],
    ['tenant', 'create', 'marked_co', '--verbose'],
    ['tenant', 'show', 'marked_co', '--json'],
    ['service', 'list', '--json'],
    ['secret', 'list'],
    ['key', 'list'],
    ['drift', '--json'],
  ])('%s', async (...args) => {
    await run(args)
    expect(found).toEqual([])
  }, 120_000)

  test.each(
    Object.entries({
      'a wrong password': () => ({ DBSVC_POSTGRES_USER: 'database_service_role' }),
      'a server that is not there': () => ({ DBSVC_POSTGRES_PORT: String(nowhere) }),
      'stores that are not there': stores,
      'a password in the URL': () => ({
        ...stores(),
        DBSVC_DRAGONFLY_URL: `redis://u:${marks.inUrl}@127.0.0.1:${nowhere}`,
      }),
      'a URL that is none': () => ({ DBSVC_DRAGONFLY_URL: `redis://u:${marks.inUrl}@:x` }),
      'a URL of another kind': () => ({ DBSVC_CLICKHOUSE_URL: `ftp://u:${marks.inUrl}@127.0.0.1` }),
      'a URL without TLS': () => ({ DBSVC_ARANGO_URL: `http://u:${marks.inUrl}@arango.example` }),
      'a key that is none': () => ({ DBSVC_SECRETS_KEY: marks.inUrl ?? '' }),
    }),
  )(
    'with %s',
    async (_what, env) => {
      for (const args of [
        ['doctor', '--json'],
        ['tenant', 'create', 'other_co', '--verbose'],
        ['config', 'view', '--json'],
      ]) {
        await run(args, env())
      }
      expect(await run(['migrate', 'status', '--verbose'], env()).then(ended)).toBeDefined()
      expect(found).toEqual([])
    },
    240_000,
  )
})

test('the router tells no secret, in its log neither', async () => {
  const dbsvc = (...args: readonly string[]) => run(args)
  const env = { ...environment(), ...stores(), DBSVC_SERVER_LOG_LEVEL: 'debug' }
  const router = await startRouter({ dbsvc, project }, { env })
  marks.apiKey = router.key
  const told: unknown[] = []
  for (const [path, body, headers] of [
    ['/v1/query', { sql: 'select 1' }],
    ['/v1/query', { sql: 'selec' }],
    ['/v1/query', { sql: 'select 1' }, { authorization: `Bearer ${router.key}x` }],
    ['/v1/query', { sql: 'select 1', database: 'clickhouse' }],
    ['/v1/cache/get', { key: 'x' }],
    ['/v1/graph/query', { query: 'return 1' }],
    ['/v1/vector/similarity_search', { class: 'X', vector: [1] }],
  ] as const) {
    told.push(await router.post(path, body, { 'x-dbsvc-company': 'marked_co', ...headers }))
  }
  for (const path of ['/health', '/readyz', '/metrics', '/openapi.json']) {
    told.push(await (await fetch(`${router.url}${path}`)).text())
  }
  look('answers', JSON.stringify(told))
  await router.stop()
  const { stdout, stderr } = await router.process.exited
  look('the log', stdout + stderr)
  expect(stderr + stdout).toMatch(/query/)
  expect(found).toEqual([])
}, 240_000)

test('no table holds one', async () => {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('dbsvc', 'public')`,
  )
  expect(tables.length).toBeGreaterThan(10)
  for (const { name } of tables) {
    const [row] = await database.query<{ text: string | null }>(
      `select string_agg(t::text, ' ') as text from ${name} t`,
    )
    look(name, row?.text ?? '')
  }
  expect(found).toEqual([])
})

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { type Given, givenCluster } from '../e2e/support/given.ts'
import { describeEngine, engineFinding } from '../support/engines.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { uniqueName } from '../support/unique-name.ts'
import { type InstalledClient, installTypescriptClient } from './support/typescript.ts'

const company = uniqueName('package')
const root = fileURLToPath(new URL('../..', import.meta.url))

let installed: InstalledClient

beforeAll(async () => {
  installed = await installTypescriptClient()
}, 120_000)

const fileOf = (name: string) => readFile(join(installed.project, 'node_modules', '@dbsvc', 'client', name), 'utf8')

test('has JavaScript with its types, a licence and nothing that it needs from elsewhere', async () => {
  const { files } = installed
  const modules = files.filter((name) => name.endsWith('.js')).map((name) => name.slice(0, -'.js'.length))
  expect(modules).toContain('dist/index')
  expect([...files].toSorted()).toEqual(
    ['LICENSE', 'README.md', 'package.json', ...modules.flatMap((name) => [`${name}.js`, `${name}.d.ts`])].toSorted(),
  )
  expect(await fileOf('LICENSE')).toBe(await readFile(join(root, 'LICENSE'), 'utf8'))
  expect(JSON.parse(await fileOf('package.json'))).not.toHaveProperty('dependencies')
  for (const name of modules) {
    for (const [, from = ''] of (await fileOf(`${name}.js`)).matchAll(/\bfrom '([^']+)'/g))
      expect(from, name).toMatch(/^(node:[\w/]+|\.\/\w+\.js)$/)
  }
  // On npm there is nothing beside it to point at.
  const links = [...(await fileOf('README.md')).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target)
  expect(links.filter((target) => !/^(https:\/\/|#)/.test(target ?? ''))).toEqual([])
})

test.each(['nodenext', 'bundler'])('its types hold for whoever compiles with it, by %s', async (resolution) => {
  const program = `import { Conflict, type Result, StandardDatabaseManager } from '@dbsvc/client'
const db = new StandardDatabaseManager({ host: 'x', apiKey: 'y', tenantContext: { company_id: 'c' } })
const { rows }: Result<{ n: bigint }> = await db.query<{ n: bigint }>('select $1::int8 as n', [1n])
export const n: bigint | undefined = rows[0]?.n
// @ts-expect-error there is no such option
new StandardDatabaseManager({ hots: 'x' })
export { Conflict }
`
  await writeFile(join(installed.project, 'use.ts'), program)
  const compiler = fileURLToPath(import.meta.resolve('typescript/lib/tsc.js'))
  const terms = [
    ...['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022'],
    ...['--module', resolution === 'nodenext' ? 'nodenext' : 'esnext', '--moduleResolution', resolution],
    ...['--types', 'node', '--typeRoots', join(root, 'node_modules', '@types')],
  ]
  const { all } = await execa(process.execPath, [compiler, ...terms, 'use.ts'], {
    cwd: installed.project,
    all: true,
    reject: false,
  })
  expect(all).toBe('')
})

describeEngine('node-20', 'the client as it is installed from its tarball', () => {
  let given: Given
  let router: TestRouter

  beforeAll(async () => {
    given = await givenCluster({ companies: [company] })
    router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  }, 180_000)

  test('writes, reads and streams, and tells errors apart', async () => {
    const program = `import { Conflict, StandardDatabaseManager } from '@dbsvc/client'
const db = new StandardDatabaseManager({
  host: '127.0.0.1:${router.port}',
  tenantContext: { company_id: '${company}' },
})
const insert = 'insert into users (user_id, email, subscription_tier) values ($1, $2, $3)'
const { rowCount } = await db.execute(insert, ['u1', 'u1@x', 'free'])
const clash = await db.execute(insert, ['u1', 'u1@x', 'free']).catch((error) => error instanceof Conflict && error.code)
const { inserted } = await db.ingest('users', ['user_id', 'email', 'subscription_tier'], [['u2', 'u2@x', 'pro']])
let streamed = 0
for await (const _row of db.stream('select n from generate_series(1, 3000) n')) streamed += 1
const { rows } = await db.query('select user_id, 9007199254740993::int8::text as large from users order by user_id')
db.close()
console.log(JSON.stringify({ node: process.versions.node, rowCount, clash, inserted, streamed, rows }))
`
    await writeFile(join(installed.project, 'use.js'), program)
    const { program: node, version } = engineFinding('node-20')
    const { stdout, stderr } = await execa(node ?? '', ['use.js'], {
      cwd: installed.project,
      env: { DBSVC_API_KEY: router.key },
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      node: version,
      rowCount: 1,
      clash: 'DBS-2004',
      inserted: 1,
      streamed: 3_000,
      rows: [
        { user_id: 'u1', large: '9007199254740993' },
        { user_id: 'u2', large: '9007199254740993' },
      ],
    })
    expect(await given.database.query(`select count(*)::int as n from tenant_${company}.users`)).toEqual([{ n: 2 }])
  })
})

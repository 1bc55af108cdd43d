import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { runDbsvc } from '../support/dbsvc.ts'
import { uniqueName } from '../support/unique-name.ts'
import { expectError, expectExit, type Given, givenCluster, orders } from './support/given.ts'

/** Refuses the package as Node does where npm has left it out, to `import`, `require` and `require.resolve`. */
const hook = `
  import Module, { registerHooks } from 'node:module'
  const refuse = (name) => {
    if (!/^chdb(\\/|$)/.test(name)) return
    throw Object.assign(new Error("Cannot find package '" + name + "'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }
  registerHooks({ resolve: (name, context, next) => (refuse(name), next(name, context)) })
  const resolveFilename = Module._resolveFilename
  Module._resolveFilename = (name, ...rest) => (refuse(name), resolveFilename(name, ...rest))
`
const withoutChdb = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` }

describe('given an installation without the optional package chdb', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ migrations: { 'postgres/tenant/0001_orders.sql': orders } })
    const config = JSON.parse(await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8')) as object
    await given.write(
      'dbsvc.config.json',
      JSON.stringify({ ...config, clickhouse: { path: join(given.directory, 'clickhouse') } }),
    )
  })

  const stateOf = async (company: string): Promise<string | undefined> =>
    (
      await given.database.query<{ state: string }>(`select state from dbsvc.companies where company_id = '${company}'`)
    )[0]?.state

  test('when dev runs, then it comes up without ClickHouse and has nothing to say about it', async () => {
    const folder = await mkdtemp(join(inject('runDirectory'), 'dev-without-'))
    const result = await runDbsvc(['dev', '--exit'], { cwd: folder, env: { PATH: '/nowhere', ...withoutChdb } })
    expectExit(result, ExitCode.Ok)
    expect(`${result.stdout}${result.stderr}`).not.toMatch(/chdb|clickhouse|left out|warning|error/i)
  })

  test('when doctor looks at an engine that needs it, then it says so, and how to get it', async () => {
    const result = await given.dbsvc(['doctor', '--json', '--only', 'stores'], { env: withoutChdb })
    const { findings } = result.json<{ findings: { id: string; message: string; mend: string }[] }>()
    expect(findings).toEqual([
      expect.objectContaining({
        id: 'store-unsupported',
        message: expect.stringContaining('npm package chdb'),
        mend: 'npm install chdb',
      }),
    ])
  })

  test('when a company is created, then the package is named and the company is not let in', async () => {
    const company = uniqueName('co')
    const result = await given.dbsvc(['tenant', 'create', company], { env: withoutChdb })
    expectError(result, ExitCode.Failed, 'DBS-1213')
    expect(result.stderr).toContain('npm package chdb')
    expect(result.stderr).toContain('DBS-1106')
    expect(await stateOf(company)).toBe('provisioning')
  })

  test('when nothing asks for it, then everything works as ever', async () => {
    expectExit(await given.dbsvc(['migrate', 'up', '--engine', 'postgres'], { env: withoutChdb }), ExitCode.Ok)
    const company = uniqueName('co')
    const other = await givenCluster()
    expectExit(await other.dbsvc(['tenant', 'create', company], { env: withoutChdb }), ExitCode.Ok)
    expectExit(await other.dbsvc(['doctor', '--only', 'stores'], { env: withoutChdb }), ExitCode.Ok)
  })
})

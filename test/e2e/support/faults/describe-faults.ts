import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ExitCode } from '../../../../src/core/exit-codes.ts'
import type { DbsvcResult } from '../../../support/dbsvc.ts'
import { examine } from '../findings.ts'
import { type ErrorDocument, expectExit, type Given, givenCluster, orders } from '../given.ts'

import { type Fate, type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import type { OwnEngine } from './own-engine.ts'

/** What has become of one command. */
interface Outcome {
  readonly result: DbsvcResult
  readonly code: string
}

const postgres = { 'postgres/tenant/0001_orders.sql': orders }

/** The same faults for every engine, one at a time; what comes of them is held against a company that met none. */
export function describeFaults(start: () => Promise<OwnEngine>): void {
  let engine: OwnEngine
  let proxy: FaultProxy
  let given: Given
  beforeAll(async () => {
    engine = await start()
    proxy = await startFaultProxy(engine)
    const config = engine.config(proxy.port) as Record<string, object>
    given = await givenCluster({
      migrations: { ...postgres, ...engine.migrations },
      config,
      companies: ['calm', 'other'],
    })
  }, 90_000)
  afterAll(async () => {
    await proxy.close()
    await engine.stop()
  })
  beforeEach(() => proxy.setFate('pass'))

  /** Runs a command that cannot do its work, and makes sure that what it says is what its reader needs. */
  async function failing(fate: Fate, ...args: string[]): Promise<Outcome> {
    await proxy.setFate(fate)
    const result = await given.dbsvc([...args, '--json'])
    await proxy.setFate('pass')
    expect([ExitCode.Failed, ExitCode.Engine], `${result.stdout}${result.stderr}`).toContain(result.exitCode)
    const { error } = result.json<ErrorDocument>()
    expect(error.message).toContain(engine.title)
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`)
    expect(error.hint).not.toBeNull()
    for (const secret of engine.secrets) expect(result.stdout + result.stderr).not.toContain(secret)
    return { result, code: error.code }
  }
  const succeeding = async (...args: string[]): Promise<void> => expectExit(await given.dbsvc(args), ExitCode.Ok)
  const stateOf = async (company: string): Promise<string | undefined> =>
    (await given.database.query('select state from dbsvc.companies where company_id = $1', [company]))[0]?.state
  const expectCalm = async (company: string): Promise<void> => {
    expect(await stateOf(company)).toBe('active')
    expect(await engine.look(company)).toEqual(await engine.look('calm'))
    expect(await given.database.query('select from dbsvc.progress')).toEqual([])
  }

  test.for([
    'refuse',
    'garbage',
    'silence',
  ] as const)('when it meets a create with %s, then the company is not let in, and a second create makes it whole', async (fate) => {
    const company = `met_${fate}`
    expect((await failing(fate, 'tenant', 'create', company)).code).toBe('DBS-1213')
    expect(await stateOf(company)).toBe('provisioning')
    await succeeding('tenant', 'create', company)
    await expectCalm(company)
  })

  test('when it answers late, then a create takes longer and is as any other', async () => {
    await proxy.setFate({ lateMs: 150 })
    await succeeding('tenant', 'create', 'late')
    await expectCalm('late')
  })

  test('when it goes in the middle of a create, then a second create makes the company whole', async () => {
    await succeeding('tenant', 'create', 'counted')
    const pieces = proxy.pieces()
    expect(pieces).toBeGreaterThan(2)
    // The system may put two pieces into one: the last ones need not come.
    for (const part of [0.2, 0.4, 0.6]) {
      const company = `cut_${part * 10}`
      const cutAfter = Math.floor(pieces * part)
      expect((await failing({ cutAfter }, 'tenant', 'create', company)).code).toBe('DBS-1213')
      await succeeding('tenant', 'create', company)
      await expectCalm(company)
    }
  })

  test('when it is unplugged while a company is suspended, resumed or changed, then the engine follows later', async () => {
    const before = await engine.look('other')
    for (const [command, state] of [
      ['suspend', 'suspended'],
      ['resume', 'active'],
    ] as const) {
      expect((await failing('refuse', 'tenant', command, 'other')).code).toBe('DBS-1215')
      // Whoever is to be kept out is, at once; whoever is to be let in is not yet.
      expect(await stateOf('other')).toBe('suspended')
      await succeeding('tenant', command, 'other')
      expect(await stateOf('other')).toBe(state)
    }
    expect(await engine.look('other')).toEqual(before)
    const change = ['tenant', 'set', 'other', '--limit', 'cacheKeys=77']
    expect((await failing('refuse', ...change)).code).toBe('DBS-1215')
    await succeeding(...change)
    await succeeding('tenant', 'set', 'other', '--limit', 'cacheKeys=')
    expect(await engine.look('other')).toEqual(before)
  })

  test('when somebody has taken its place away, then doctor says so, and it can be dropped and made anew', async () => {
    await succeeding('tenant', 'create', 'robbed')
    await engine.remove('robbed')
    expect(await engine.look('robbed')).toBeNull()
    // One that dbsvc has noted in the engine itself is missed by the engine's own check.
    const found = await examine(given, 'places', '--only', 'store-settings')
    expect(found.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`${engine.title}.*robbed|robbed.*${engine.title}`)),
    ])
    await succeeding('tenant', 'drop', 'robbed', '--confirm', 'robbed', '--no-export')
    expect(await engine.look('robbed')).toBeNull()
    await succeeding('tenant', 'create', 'robbed')
    await expectCalm('robbed')
  })

  test('when it is unplugged while companies are migrated, then a second run brings all to where they are to be', async () => {
    for (const [path, content] of Object.entries(engine.later)) await given.write(`migrations/${path}`, content)
    await given.write('migrations/postgres/tenant/0002_notes.sql', 'alter table orders add column note text;')
    // An engine without migrations of its own is none that a run needs.
    if (Object.keys(engine.later).length > 0) {
      expect((await failing('refuse', 'migrate', 'up')).code).toBe('DBS-1101')
    }
    await succeeding('migrate', 'up')
    const companies = await given.database.query<{ company_id: string }>('select company_id from dbsvc.companies')
    for (const { company_id } of companies) await expectCalm(company_id)
    expect((await given.dbsvc(['migrate', 'up'])).stdout).toContain('nothing to do')
  })

  test('when it is unplugged or goes in the middle of a drop, then the company is dropped by a second one', async () => {
    const drop = ['tenant', 'drop', 'late', '--confirm', 'late', '--no-export']
    await failing('refuse', ...drop)
    expect(await stateOf('late')).toBe('dropping')
    await failing({ cutAfter: 2 }, ...drop)
    await succeeding(...drop)
    expect(await stateOf('late')).toBeUndefined()
    expect(await engine.look('late')).toBeNull()
  })
}

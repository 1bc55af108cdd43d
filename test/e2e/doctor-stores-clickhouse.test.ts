import { beforeAll, expect, test } from 'vitest'
import { describeEngine } from '../support/engines.ts'
import { ownDirectory } from '../support/shared-server.ts'
import { commandChdb } from './support/chdb.ts'
import { examine } from './support/findings.ts'
import { type Given, givenCluster, migration, orders } from './support/given.ts'

describeEngine('clickhouse', 'given companies in ClickHouse', () => {
  let given: Given
  let path: string
  beforeAll(async () => {
    path = await ownDirectory('chdb')
    const migrations = {
      'postgres/tenant/0001_orders.sql': orders,
      'clickhouse/tenant/0001_events.sql': migration(
        'CREATE TABLE events (id UInt64, name String) ENGINE = MergeTree ORDER BY id;',
      ),
    }
    given = await givenCluster({ migrations, companies: ['abc', 'third', 'xyz'], config: { clickhouse: { path } } })
  })

  test('when the engine cannot do all, then doctor says what it lacks: store-lacks', async () => {
    const found = await examine(given, 'stores')
    expect(found.every(({ id, severity }) => id === 'store-lacks' && severity === 'info')).toBe(true)
    expect(found.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^ClickHouse: /))
  })

  test('when somebody changes one company by hand, then that is store-company-drifted, until it is undone', async () => {
    expect(await examine(given, 'store-drift')).toEqual([])
    await commandChdb(path, 'ALTER TABLE tenant_xyz.events ADD COLUMN by_hand UInt8')
    expect(await examine(given, 'store-drift')).toEqual([
      expect.objectContaining({
        id: 'store-company-drifted',
        message: 'ClickHouse: not like the others at version 0001: xyz',
        mend: 'dbsvc drift --engine clickhouse',
      }),
    ])
    await commandChdb(path, 'ALTER TABLE tenant_xyz.events DROP COLUMN by_hand')
    expect(await examine(given, 'store-drift')).toEqual([])
  })

  test('when the npm package that holds the engine is missing, then that is store-unsupported', async () => {
    const found = await given.dbsvc(['doctor', '--json', '--only', 'stores'], { env: { NODE_OPTIONS: withoutChdb } })
    expect(found.json<{ findings: object[] }>().findings).toEqual([
      expect.objectContaining({
        id: 'store-unsupported',
        severity: 'error',
        message: expect.stringContaining('ClickHouse needs the npm package chdb'),
        mend: 'npm install chdb',
      }),
    ])
  })
})

/** Loads a hook that answers for the package as Node.js does where it is not installed. */
const hook = `import{registerHooks}from'node:module';registerHooks({resolve(name,context,next){
if(!name.startsWith('chdb'))return next(name,context);
throw Object.assign(new Error("Cannot find package 'chdb'"),{code:'ERR_MODULE_NOT_FOUND'})}})`
const withoutChdb = `--import=data:text/javascript;base64,${Buffer.from(hook).toString('base64')}`

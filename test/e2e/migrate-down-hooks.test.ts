import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectExit, givenCluster, migration, orders } from './support/given.ts'

test.each([
  ['shared', 1],
  ['tenant', 2],
] as const)('given a way down of the %s scope, then the hook after it counts the targets', async (scope, targets) => {
  const told = 'echo "$DBSVC_HOOK_WAVE: $DBSVC_HOOK_COMPLETED completed, $DBSVC_HOOK_FAILED failed" >> told'
  const given = await givenCluster({
    companies: ['company_abc', 'company_xyz'],
    migrations: {
      'postgres/shared/0001_prices.sql': migration('create table prices (symbol text);', 'drop table prices;'),
      'postgres/tenant/0001_orders.sql': orders,
    },
    config: { migrations: { hooks: { afterWave: [{ command: told }] } } },
  })
  expectExit(await given.dbsvc(['migrate', 'down', '--scope', scope]), ExitCode.Ok)
  const wave = scope === 'shared' ? 'shared' : 'rest'
  expect(await readFile(join(given.directory, 'told'), 'utf8')).toBe(`${wave}: ${targets} completed, 0 failed\n`)
})

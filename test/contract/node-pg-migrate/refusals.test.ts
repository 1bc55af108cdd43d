import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runDbsvc } from '../../support/dbsvc.ts'
import { migrateTwice } from '../../support/migrated-twice.ts'
import { runNodePgMigrate } from '../../support/node-pg-migrate.ts'

/** What has no way down for node-pg-migrate has none for dbsvc, and both leave everything as it was. */
const noWayDown: Record<string, Record<string, string>> = {
  'SQL without a down marker': { '0001_orders.sql': 'create table orders (id int);' },
  'a down that is false': {
    '0001_orders.js': `exports.up = (pgm) => pgm.createTable('orders', { id: 'id' }); exports.down = false`,
  },
  'a way down that cannot be inferred': {
    '0001_orders.js': `exports.up = (pgm) => { pgm.createTable('orders', { id: 'id' }); pgm.sql('select 1') }`,
  },
}

test.each(Object.entries(noWayDown))('%s cannot be undone', async (_name, files) => {
  const twice = await migrateTwice(files)
  const before = await twice.compare()
  const { exitCode, stderr } = await runDbsvc(['migrate', 'down'], { cwd: twice.project.directory })
  expect(exitCode).toBe(5)
  expect(stderr).toMatch(/0001_orders\.(js|sql)/)
  const folder = join(twice.project.directory, 'migrations', 'postgres', 'tenant')
  await expect(runNodePgMigrate(twice.peers, folder, 'tenant_early', 'down')).rejects.toThrow()
  expect(await twice.compare()).toEqual(before)
})

import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { type DbsvcResult, runDbsvc } from '../support/dbsvc.ts'
import { describeEngine } from '../support/engines.ts'
import { createProject } from '../support/project.ts'
import { startTimescale, type TimescaleServer } from '../support/timescale.ts'

const shipped = fileURLToPath(new URL('../../migrations/postgres/shared', import.meta.url))

describeEngine('timescaledb', 'given hypertables', () => {
  let server: TimescaleServer | null = null

  beforeAll(async () => {
    server = await startTimescale()
  })
  afterAll(() => server?.stop())

  test('when the shared scope is looked at, squashed and built again, then hypertables stay what they are', async () => {
    const database = await createDatabase(server ?? undefined)
    await database.query('create schema timescaledb; create extension timescaledb schema timescaledb')
    // A server that was given may have it from another test.
    await database.query(
      `do $$ begin create role dbsvc_owner nologin noinherit; exception when duplicate_object then null; end $$`,
    )
    await database.query('grant usage on schema timescaledb to dbsvc_owner')
    const project = await createProject({ database })
    await cp(shipped, join(project.directory, 'migrations/postgres/shared'), { recursive: true })
    const dbsvc = (...args: string[]): Promise<DbsvcResult> => runDbsvc(args, { cwd: project.directory })
    const expectOk = async (...args: string[]): Promise<void> => {
      const { exitCode, stderr } = await dbsvc(...args)
      expect(exitCode, stderr).toBe(0)
    }
    await expectOk('migrate', 'up')
    const hypertables = await database.query(
      'select hypertable_schema, hypertable_name, num_dimensions from timescaledb_information.hypertables order by 2',
    )
    expect(hypertables).toHaveLength(2)
    await expectOk('drift', '--scope', 'shared')
    await expectOk('migrate', 'squash', '--scope', 'shared', '--to', '0005')
    await expectOk('drift', '--scope', 'shared')
    await expectOk('migrate', 'status', '--check')
    expect(
      await database.query(
        'select hypertable_schema, hypertable_name, num_dimensions from timescaledb_information.hypertables order by 2',
      ),
    ).toEqual(hypertables)

    await database.query('alter table private_shared.trading_ticks drop constraint trading_ticks_volume_check')
    const result = await dbsvc('drift', '--scope', 'shared')
    expect(result.exitCode).toBe(1)
    expect(result.stdout).toContain('- constraint trading_ticks_volume_check on private_shared.trading_ticks')
  })
})

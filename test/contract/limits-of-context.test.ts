import { beforeAll, describe, expect, inject, test } from 'vitest'
import { claimsOf, withContextPool } from '../../src/app/company/context-pool.ts'
import { withSession } from '../../src/app/session.ts'
import { loadConfig } from '../../src/config/loader.ts'
import type { ContextPool } from '../../src/engines/postgres/context/pool.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'

const settings = ['statement_timeout', 'lock_timeout', 'work_mem', 'max_parallel_workers_per_gather']

describe('given a pool that has served a company', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await createCluster()
  })

  test('when dbsvc tenant set changes its limits, then its next context has them, on the same connection', async () => {
    const loaded = await loadConfig({ cwd: cluster.project.directory, env: { HOME: inject('runDirectory') } }, () => {})
    await withSession(loaded, 'test', (session) =>
      withContextPool(session, async (pool: ContextPool) => {
        const seen = async (): Promise<unknown> => {
          const { rows } = await pool.query<Record<string, string>>(await claimsOf(session, 'company_abc', 'read'), {
            text: `select pg_backend_pid() as pid, array(select current_setting(name) from unnest($1::text[]) as name) as values`,
            values: [settings],
          })
          return rows[0]
        }
        const before = await seen()
        expect(before).toMatchObject({ values: ['5s', '2s', '4MB', '0'] })
        await cluster.dbsvc('tenant', 'set', 'company_abc', '--tier', 'pro', '--limit', 'lockTimeoutMs=750')
        expect(await seen()).toEqual({ pid: (before as { pid: number }).pid, values: ['15s', '750ms', '16MB', '1'] })
      }),
    )
  })
})

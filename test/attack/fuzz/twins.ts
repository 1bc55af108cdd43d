import { inject } from 'vitest'
import { runDbsvc } from '../../support/dbsvc.ts'
import { createProject } from '../../support/project.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import type { TestServer } from '../../support/server.ts'
import { createScene, type Scene } from '../corpus/runner/scene.ts'

/** Two clusters that differ in nothing but what the victim has, and a router on each. */
export interface Twins {
  readonly scene: Scene
  readonly routers: readonly [TestRouter, TestRouter]
}

export async function createTwins(server: TestServer | undefined, timeoutMs: number): Promise<Twins> {
  const scene = await createScene(server)
  const database = await scene.copy()
  const client = await database.connect()
  // Fewer rows, and others: whatever an attacker is told must not depend on them.
  await client.query(`
    delete from market_data where company_id = 'company_xyz' and id % 3 = 0;
    update market_data set symbol = 'CANARYTWIN' || id % 5, user_id = null where company_id = 'company_xyz';
    update notes set text = 'canary of the twin' where company_id = 'company_xyz';
    delete from measures where company_id = 'company_xyz';
    delete from private_shared.trading_ticks where company_id = 'company_xyz' and user_id like '%1';
    update tenant_configurations set config_value = '"canary of the twin"' where company_id = 'company_xyz';
    delete from tenant_company_xyz.trading_history;
    update tenant_company_xyz.users set email = 'canary.twin.' || email;
    analyze`)
  await client.end()
  const directory = `${inject('runDirectory')}/${server === undefined ? 'secrets' : `secrets-${server.port}`}`
  const project = await createProject({ database, config: { secrets: { directory } } })
  const dbsvc = async (...args: readonly string[]) => runDbsvc(args, { cwd: project.directory })
  return {
    scene,
    routers: [await startRouter(scene.cluster, { timeoutMs }), await startRouter({ dbsvc, project }, { timeoutMs })],
  }
}

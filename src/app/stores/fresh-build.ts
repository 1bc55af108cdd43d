import { randomBytes } from 'node:crypto'
import { probePrefix } from '../../core/company/probe.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import type { Structure } from '../../core/structure/object.ts'
import { readPlaced } from '../../engines/postgres/placement.ts'
import type { StoreEngine } from '../../engines/store.ts'
import { limitsOf } from '../company/limits.ts'
import type { Session } from '../session.ts'

/**
 * The structure that migrations make today: a store has no transaction to roll back, so they make it for a throw-away company, which
 * dbsvc doctor removes where this is killed.
 */
export async function buildInStore(
  session: Session,
  engine: StoreEngine,
  files: readonly MigrationFile[],
): Promise<Structure> {
  const { client, loaded } = session
  const store = await session.stores.open(engine)
  const company = `${probePrefix}${randomBytes(4).toString('hex')}`
  const migrations = await engine.compile(files, new Set(files.map(({ name }) => name)), 'up', loaded.config)
  const options = {
    inDoubt: false,
    companies: () => readPlaced(client, engine.name),
    signal: new AbortController().signal,
  }
  try {
    await store.provision([{ company, limits: limitsOf(loaded, { tier: 'free', limits: {} }) }])
    for (const { steps } of migrations) {
      for (const step of steps) await store.run({ scope: 'tenant', company }, step, options)
    }
    return (await store.inspect('tenant', [company])).get(company) ?? []
  } finally {
    await store.deprovision(company)
  }
}

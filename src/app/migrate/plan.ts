import { createHash } from 'node:crypto'
import type { EngineName } from '../../core/engine.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { projectScopes } from '../../core/migration/scope.ts'
import type { WavePolicy } from '../../core/migration/waves.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { type FleetDigest, readFleetDigest } from '../../engines/postgres/migration/fleet-digest.ts'
import { countUnplaced } from '../../engines/postgres/placement.ts'
import type { Session } from '../session.ts'
import { compiledOf } from './advance.ts'
import type { MigrationDriver } from './drivers/driver.ts'
import { postgresDriver } from './drivers/postgres.ts'
import { type EngineFolders, readEngines } from './engines.ts'
import { type EngineFleet, readFleets } from './fleet.ts'
import { compilePending, findPending, mergeWaves, type PendingWork, type UpRequest } from './pending.ts'

export interface PlannedMigration {
  readonly engine: EngineName
  readonly scope: string
  readonly name: string
  readonly file: string
  readonly checksum: string
  /** False when it runs outside a transaction. */
  readonly transaction: boolean
  /** Null when the file asks the database while it is built, so that every target has SQL of its own. */
  readonly sql: string | null
  /** SHA-256 of that SQL in hex: what a file imports is not in its checksum. */
  readonly sqlChecksum: string | null
  /** How many targets would have it applied. */
  readonly targets: number
}

export interface Plan {
  readonly place: string
  readonly migrations: readonly PlannedMigration[]
  /** In the order they would be taken; companies with something pending. */
  readonly waves: readonly { readonly name: string; readonly targets: number }[]
  /** What the plan rests on. */
  readonly fleet: FleetDigest
}

/** What `migrateUp` would do. Runs in a read-only transaction, so that it cannot write, whatever a bug wants. */
export async function planMigrations(session: Session, request: UpRequest): Promise<Plan> {
  const { client } = session
  await client.query('begin transaction isolation level repeatable read read only')
  try {
    return await makePlan(session, request)
  } finally {
    await client.query('rollback')
  }
}

/** The same in whatever transaction there is. */
export async function makePlan(session: Session, request: UpRequest): Promise<Plan> {
  const { client, loaded } = session
  const engines = await readEngines(session, request)
  const control = await inspectControl(client)
  // A cluster without ledger has one target that nothing was applied to, and no companies to select from.
  const untouched = control.applied === 0
  const isCurrent = control.pending.length === 0
  const fleets = untouched ? engines.map(untouchedFleet) : await readFleets(client, engines)
  const policies = loaded.config.migrations.waves as readonly WavePolicy[]
  const selection = untouched ? {} : request.selection
  const works = await Promise.all(
    fleets.map(async (fleet) => {
      const whole = isCurrent ? await withUnplaced(session, fleet) : fleet
      return findPending(client, whole, { ...request, selection }, policies)
    }),
  )
  const names = new Set(control.pending.map((file) => file.name))
  const controlCompiled = await postgresDriver.compile(control.pending, names, 'up')
  const planned = await Promise.all(works.map(planWork))
  return {
    place: session.place,
    migrations: [
      ...controlCompiled.map((migration) => plannedOf(postgresDriver, migration, 1)),
      ...projectScopes.flatMap((scope) => planned.flat().filter((migration) => migration.scope === scope)),
    ],
    waves: mergeWaves(works).map(({ policy, companies }) => ({ name: policy.name, targets: companies.size })),
    fleet: await readFleetDigest(client, untouched),
  }
}

const untouchedFleet = ({ driver, folders }: EngineFolders): EngineFleet => ({
  driver,
  folders,
  groups: [{ engine: driver.engine, scope: 'shared', history: '', version: '', applied: 0, targets: 1, example: '' }],
})

/** Companies that have no place in a store yet would get one, and all of its migrations. */
async function withUnplaced({ client, stores }: Session, fleet: EngineFleet): Promise<EngineFleet> {
  const { driver, folders, groups } = fleet
  const store = stores.engines.find(({ name }) => name === driver.engine)
  if (store === undefined) return fleet
  const { companies, example } = await countUnplaced(client, store.name)
  if (example === null) return fleet
  const group = {
    engine: driver.engine,
    scope: 'tenant',
    history: '',
    version: '',
    applied: 0,
    targets: companies,
    example,
  } as const
  return { driver, folders, groups: [...groups, group] }
}

async function planWork(work: PendingWork): Promise<PlannedMigration[]> {
  const { fleet, shared, tenants } = work
  const compiled = await compilePending(work)
  const counts = new Map<MigrationFile, number>()
  for (const { targets, pending } of [...(shared === undefined ? [] : [shared]), ...tenants]) {
    for (const file of pending) {
      const migration = compiledOf(compiled, file)
      counts.set(migration, (counts.get(migration) ?? 0) + targets.length)
    }
  }
  return compiled.map((migration) => plannedOf(fleet.driver, migration, counts.get(migration) ?? 0))
}

function plannedOf(driver: MigrationDriver, migration: MigrationFile, targets: number): PlannedMigration {
  const { scope, name, path, checksum } = migration
  const { sql, transaction } = driver.describe(migration)
  const sqlChecksum = sql === null ? null : createHash('sha256').update(sql).digest('hex')
  return { engine: driver.engine, scope, name, file: path, checksum, transaction, sql, sqlChecksum, targets }
}

import { createHash } from 'node:crypto'
import { projectScopes } from '../../core/migration/scope.ts'
import type { WavePolicy } from '../../core/migration/waves.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { type CompiledMigration, compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { type FleetDigest, readFleetDigest } from '../../engines/postgres/migration/fleet-digest.ts'
import type { Session } from '../session.ts'
import { compiledOf } from './advance.ts'
import { type FleetGroup, readFleet, readFolders } from './fleet.ts'
import { compilePending, findPending, type PendingWork, type UpRequest } from './pending.ts'

export interface PlannedMigration {
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
  const folders = await readFolders(session.project)
  const control = await inspectControl(client)
  // A cluster without ledger has one target that nothing was applied to.
  const untouched = control.applied === 0
  const fleet = untouched ? [untouchedShared] : await readFleet(client, folders)
  const policies = loaded.config.migrations.waves as readonly WavePolicy[]
  // Nor has it companies to select from.
  const selection = untouched ? {} : request.selection
  const work = await findPending(client, folders, fleet, { ...request, selection }, policies)
  const names = new Set(control.pending.map((file) => file.name))
  const controlCompiled = await compileMigrations(control.pending, names, 'up')
  return {
    place: session.place,
    migrations: [
      ...controlCompiled.map((migration) => planned(migration, 1)),
      ...plannedWork(work, await compilePending(folders, work)),
    ],
    waves: work.waves.map(({ policy, companies }) => ({ name: policy.name, targets: companies.size })),
    fleet: await readFleetDigest(client, untouched),
  }
}

const untouchedShared: FleetGroup = { scope: 'shared', history: '', version: '', applied: 0, targets: 1, example: '' }

function plannedWork(work: PendingWork, compiled: readonly CompiledMigration[]): PlannedMigration[] {
  const counts = new Map<CompiledMigration, number>()
  for (const { targets, pending } of [...(work.shared === undefined ? [] : [work.shared]), ...work.tenants]) {
    for (const file of pending) {
      const migration = compiledOf(compiled, file)
      counts.set(migration, (counts.get(migration) ?? 0) + targets.length)
    }
  }
  return projectScopes.flatMap((scope) =>
    compiled
      .filter((migration) => migration.scope === scope)
      .map((migration) => planned(migration, counts.get(migration) ?? 0)),
  )
}

function planned(migration: CompiledMigration, targets: number): PlannedMigration {
  const { scope, name, path, checksum } = migration
  const sql = migration.sql?.steps.join('\n') ?? null
  return {
    scope,
    name,
    file: path,
    checksum,
    transaction: migration.sql?.transaction ?? true,
    sql,
    sqlChecksum: sql === null ? null : createHash('sha256').update(sql).digest('hex'),
    targets,
  }
}

import { projectScopes } from '../../core/migration/scope.ts'
import { inspectControl } from '../../engines/postgres/control.ts'
import { compileMigrations } from '../../engines/postgres/migration/compile.ts'
import type { Session } from '../session.ts'
import { type FleetGroup, readFleet, readFolders } from './fleet.ts'
import { compiledOf, compilePending, pendingOf, type UpOptions } from './up.ts'

export interface PlannedMigration {
  readonly scope: string
  readonly name: string
  readonly file: string
  readonly checksum: string
  /** False when it runs outside a transaction. */
  readonly transaction: boolean
  /** Null when the file asks the database while it is built, so that every target has SQL of its own. */
  readonly sql: string | null
  /** How many targets would have it applied. */
  readonly targets: number
}

export interface Plan {
  readonly place: string
  readonly migrations: readonly PlannedMigration[]
}

/** What `migrateUp` would do. Runs in a read-only transaction, so that it cannot write, whatever a bug wants. */
export async function planMigrations(session: Session, options: Pick<UpOptions, 'to' | 'scope'>): Promise<Plan> {
  const folders = await readFolders(session.project)
  const { client } = session
  await client.query('begin transaction read only')
  try {
    const control = await inspectControl(client)
    // A cluster without ledger has one target that nothing was applied to.
    const fleet = control.applied === 0 ? [untouchedShared] : await readFleet(client, folders)
    const work = pendingOf(fleet, folders, options)
    const compiled = await compilePending(folders, work)
    const controlCompiled = await compileMigrations(
      control.pending,
      new Set(control.pending.map((file) => file.name)),
      'up',
    )

    const planned = new Map<string, PlannedMigration>()
    const add = (migration: (typeof compiled)[number], targets: number): void => {
      const key = `${migration.scope}/${migration.name}`
      planned.set(key, {
        scope: migration.scope,
        name: migration.name,
        file: migration.path,
        checksum: migration.checksum,
        transaction: migration.sql?.transaction ?? true,
        sql: migration.sql?.steps.join('\n') ?? null,
        targets: targets + (planned.get(key)?.targets ?? 0),
      })
    }
    for (const migration of controlCompiled) add(migration, 1)
    for (const { group, pending } of work) for (const file of pending) add(compiledOf(compiled, file), group.targets)
    return { place: session.place, migrations: inOrder([...planned.values()]) }
  } finally {
    await client.query('rollback')
  }
}

const untouchedShared: FleetGroup = { scope: 'shared', history: '', version: '', applied: 0, targets: 1, example: '' }

function inOrder(migrations: PlannedMigration[]): PlannedMigration[] {
  const scopes = ['control', ...projectScopes]
  return migrations.sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope))
}

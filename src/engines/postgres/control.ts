import { join } from 'node:path'
import pg from 'pg'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import { digestHistory, emptyHistory, prefixLengthOf } from '../../core/migration/history.ts'
import { explainMismatch } from '../../core/migration/verify.ts'
import { shippedPath } from '../../shipped.ts'
import { type CompiledMigration, compileMigrations } from './migration/compile.ts'
import { readMigrations } from './migration/folder.ts'
import { readApplied } from './migration/ledger.ts'
import { clusterName, renderRecord } from './migration/render.ts'
import { retryShared } from './shared-catalogue.ts'

/** What the control schema of a cluster lacks, or has too much of. */
export interface ControlState {
  readonly history: string
  readonly applied: number
  readonly pending: readonly MigrationFile[]
}

const folder = (): Promise<MigrationFile[]> =>
  readMigrations(join(shippedPath('migrations'), 'postgres', 'control'), 'control')

/**
 * Looks where the control schema stands; reads only.
 * @throws DBS-1405 set up by a newer dbsvc, DBS-1401 set up by one that shipped other files
 */
export async function inspectControl(client: pg.Client): Promise<ControlState> {
  const files = await folder()
  const { rows: present } = await client.query<{ present: boolean }>(
    `select to_regclass('dbsvc.targets') is not null as present`,
  )
  if (present[0]?.present !== true) return { history: emptyHistory, applied: 0, pending: files }
  const { rows } = await client.query<{ history: string }>(
    `select history from dbsvc.targets where engine = 'postgres' and cluster = $1 and scope = 'control' and company_id = ''`,
    [clusterName],
  )
  const history = rows[0]?.history ?? emptyHistory
  const applied = prefixLengthOf(history, files)
  if (applied !== undefined) return { history, applied, pending: files.slice(applied) }
  const ledger = await readApplied(client, 'postgres', 'control', '')
  if (digestHistory(ledger.slice(0, files.length)) === digestHistory(files)) {
    throw DbsvcError.of('DBS-1405', { found: ledger.at(-1)?.name ?? '', known: files.at(-1)?.name ?? '' })
  }
  throw explainMismatch('control', ledger, files)
}

/** @throws DBS-1406 when the cluster's control schema is not this dbsvc's */
export async function requireControl(client: pg.Client, place: string): Promise<void> {
  const { pending } = await inspectControl(client)
  if (pending.length > 0) throw DbsvcError.of('DBS-1406', { place })
}

/**
 * Brings the control schema (roles, ledger, signed context, protection) to this dbsvc's version, in one transaction.
 * The caller holds the migration lock. @returns the names applied; none when it was there already
 */
export async function setUpControl(
  client: pg.Client,
  place: string,
  onWarning: (text: string) => void,
): Promise<string[]> {
  const state = await inspectControl(client)
  if (state.pending.length === 0) return []
  const migrations = await compileMigrations(state.pending, new Set(state.pending.map((file) => file.name)), 'up')
  const warn = (notice: { severity?: string | undefined; message?: string | undefined }): void => {
    if (notice.severity === 'WARNING') onWarning(notice.message ?? '')
  }
  client.on('notice', warn)
  try {
    await retryShared(async () => {
      try {
        await client.query(renderControl(state, migrations))
      } catch (error) {
        await client.query('rollback').catch(() => {})
        throw error
      }
    })
  } catch (error) {
    throw explain(error, place, client.user ?? '')
  } finally {
    client.off('notice', warn)
  }
  return migrations.map((migration) => migration.name)
}

function renderControl(state: ControlState, migrations: readonly CompiledMigration[]): string {
  const origin = {
    engine: 'postgres',
    scope: 'control',
    companies: [''],
    history: state.history,
    applied: state.applied,
  } as const
  return [
    'begin;',
    ...migrations.flatMap((migration) => migration.sql?.steps ?? []),
    `insert into dbsvc.targets (engine, cluster, scope) values
       ('postgres', '${clusterName}', 'control'), ('postgres', '${clusterName}', 'shared') on conflict do nothing;`,
    `select dbsvc.claim('postgres', '${clusterName}', 'control', array['']::text[], ${pg.escapeLiteral(state.history)});`,
    renderRecord(origin, migrations, { runId: null }),
    'commit;',
  ].join('\n')
}

function explain(error: unknown, place: string, user: string): unknown {
  if (error instanceof pg.DatabaseError && error.code === '42501') {
    return DbsvcError.of('DBS-1104', { place, user, missing: reasonOf(error) }, error)
  }
  return error
}

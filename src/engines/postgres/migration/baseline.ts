import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import { type BatchOrigin, targetName } from '../../engine.ts'
import { renderClaim, renderProtection, renderRecord, schemasOf, textArray } from './render.ts'

/** Takes over what another tool has made, and records `migrations` as applied; all targets or none. */
export async function baselineTargets(
  client: pg.Client,
  origin: BatchOrigin,
  migrations: readonly MigrationFile[],
  runId: string,
): Promise<void> {
  try {
    await client.query(
      [
        'begin;',
        renderClaim(origin),
        `select dbsvc.adopt(${textArray(schemasOf(origin))});`,
        'set local role dbsvc_owner;',
        renderProtection(origin),
        renderRecord(origin, migrations, { runId }, true),
        'commit;',
      ].join('\n'),
    )
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (!(error instanceof pg.DatabaseError)) throw error
    const target = targetName(origin.scope, origin.companies[0] ?? '')
    throw DbsvcError.of(
      'DBS-1501',
      { target, file: migrations.at(-1)?.path ?? '', line: null, column: null, reason: reasonOf(error) },
      error,
    )
  }
}

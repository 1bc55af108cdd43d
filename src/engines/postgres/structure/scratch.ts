import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import { renderPlace } from '../company/provision.ts'
import { isConnectionLoss } from '../connection.ts'
import type { CompiledMigration } from '../migration/compile.ts'
import {
  type RenderSettings,
  renderExemptions,
  renderProtection,
  renderSearchPath,
  renderSettling,
} from '../migration/render.ts'
import { newPassword } from '../scram.ts'
import { withoutConcurrently } from './concurrently.ts'
import { companyPlace, type StructurePlace, sharedPlace } from './place.ts'
import { prepareShared } from './shared-scratch.ts'

export interface ScratchOptions {
  readonly scope: ProjectScope
  readonly migrations: readonly CompiledMigration[]
  readonly settings: RenderSettings
  /** With the LOGIN role that some companies have. */
  readonly login?: boolean
}

/** A fresh build, for people. */
export const scratchName = 'a fresh build'

/**
 * Builds a scope's place from its migrations, protected as `migrate up` leaves it, hands it to `look` and rolls everything back.
 * Nobody else ever sees it: a company's place has a name that no company has; the shared one has its own name, while the real
 * one is out of the way in this transaction only.
 * @throws DBS-1501 when a migration does not run in a transaction with the others, such as one that leaves its own schema
 */
export async function buildScratch<Result>(
  client: pg.Client,
  options: ScratchOptions,
  look: (place: StructurePlace) => Promise<Result>,
): Promise<Result> {
  const { scope, migrations, settings } = options
  const company = scope === 'tenant' ? `scratch_${randomBytes(6).toString('hex')}` : ''
  const place = scope === 'tenant' ? companyPlace(company) : sharedPlace
  const origin = { engine: 'postgres' as const, scope, companies: [company], history: '', applied: 0 }
  let file = migrations[0]?.path ?? ''
  await client.query('begin')
  try {
    await client.query(`set local lock_timeout = ${settings.lockTimeoutMs}`)
    const searchPath = await prepare(client, options, company)
    await client.query([...renderExemptions(scope, migrations), 'set local role dbsvc_owner;'].join('\n'))
    for (const migration of migrations) {
      file = migration.path
      await client.query(searchPath)
      const { steps } =
        migration.sql ?? (await migration.buildFor((sql, values) => client.query(sql, values as unknown[])))
      for (const sql of steps) await client.query(await withoutConcurrently(sql))
      await client.query(renderSettling(origin, steps))
    }
    await client.query(renderProtection(origin))
    await client.query('reset role')
    return await look(place)
  } catch (error) {
    throw explain(error, file)
  } finally {
    await client.query('rollback; reset role').catch(() => {})
  }
}

/** Makes the empty place. @returns the search_path that migrations run with */
async function prepare(
  client: pg.Client,
  { scope, settings, login = false }: ScratchOptions,
  company: string,
): Promise<string> {
  if (scope === 'tenant') {
    await client.query(renderPlace({ spec: { company }, password: login ? newPassword() : null }).join('\n'))
    return renderSearchPath(scope, company, settings)
  }
  const behind = await prepareShared(client)
  const searchPath = renderSearchPath(scope, company, settings)
  return behind === null ? searchPath : searchPath.replace(/;$/, `, ${behind};`)
}

function explain(error: unknown, file: string): unknown {
  if (!(error instanceof pg.DatabaseError) || isConnectionLoss(error)) return error
  const reason = error.detail === undefined ? reasonOf(error) : `${reasonOf(error)} (${error.detail})`
  return DbsvcError.of('DBS-1501', { target: scratchName, file, line: null, column: null, reason }, error)
}

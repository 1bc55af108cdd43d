import { writeFile } from 'node:fs/promises'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { companyPlace } from '../../engines/postgres/structure/place.ts'
import { inSnapshot, readDependencies, readStructure } from '../../engines/postgres/structure/read.ts'
import { renderDump } from '../../engines/postgres/structure/sql/dump.ts'
import { readFolders } from '../migrate/folders.ts'
import type { Session } from '../session.ts'
import { buildFresh } from './fresh-build.ts'

export interface SchemaDumpOptions {
  readonly scope: ProjectScope
  /** This company as it is; without one, what the scope's migrations make. */
  readonly tenant?: string
  readonly protections: boolean
}

/** The SQL of a scope's structure, the same text for the same structure. @throws DBS-1203, DBS-1406, DBS-1501 */
export async function dumpSchema(session: Session, options: SchemaDumpOptions): Promise<string> {
  await requireControl(session.client, session.place)
  const { structure, dependencies } = await source(session, options)
  return renderDump(structure, dependencies, options)
}

/** @throws DBS-1304 */
export async function writeDump(path: string, sql: string): Promise<void> {
  try {
    await writeFile(path, sql)
  } catch (error) {
    throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
  }
}

async function source(session: Session, { scope, tenant }: SchemaDumpOptions) {
  const { client } = session
  if (tenant === undefined) {
    const folder = (await readFolders(session.project))[scope]
    return buildFresh(session, { scope, folder, files: folder })
  }
  await getCompany(client, tenant)
  const place = companyPlace(tenant)
  return inSnapshot(client, async () => ({
    structure: await readStructure(client, place),
    dependencies: await readDependencies(client, place),
  }))
}

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Company } from '../../core/company/spec.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { type ExportedFile, exportFromPostgres } from '../../engines/postgres/company/export.ts'
import { keepFinalExport, readFinalExport } from '../../engines/postgres/company/registry.ts'
import { isConnectionLoss } from '../../engines/postgres/connection.ts'
import { readPlacements } from '../../engines/postgres/placement.ts'
import type { Session } from '../session.ts'

const noExport = ''

/** What `export.json` says, so that whoever finds the folder knows what it holds. */
interface Manifest extends Company {
  /** ISO 8601. */
  readonly exportedAt: string
  /** By engine; paths relative to the folder, sizes in bytes. */
  readonly files: Readonly<Record<string, readonly ExportedFile[]>>
}

/**
 * Writes all that a company has in every engine into a new folder of `directory`, mode 0700; null is for none. What has been settled
 * by an earlier attempt to drop the company holds, since by now some of it may be gone. @returns the folder @throws DBS-1304
 */
export async function takeFinalExport(
  session: Session,
  company: Company,
  directory: string | null,
  now: Date,
): Promise<string | null> {
  const { client, stores } = session
  const id = company.company
  const before = await readFinalExport(client, id)
  if (before !== null) return before === noExport ? null : before
  if (directory === null) {
    await keepFinalExport(client, id, noExport)
    return null
  }
  const folder = join(directory, `${id}-${now.toISOString().replaceAll(/[:.]/g, '-')}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const files: Record<string, readonly ExportedFile[]> = {
      postgres: await inFolder(folder, 'postgres', (path) => exportFromPostgres(client, id, path)),
    }
    const placed = new Set((await readPlacements(client, [id])).map(({ engine }) => engine))
    for (const engine of stores.engines.filter(({ name }) => placed.has(name))) {
      const store = await stores.open(engine)
      files[engine.name] = await inFolder(folder, engine.name, (path) => store.exportCompany(id, path))
    }
    const manifest: Manifest = { ...company, exportedAt: now.toISOString(), files }
    await writeFile(join(folder, 'export.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  } catch (error) {
    // What the session says of a lost connection is said of the whole command.
    if (error instanceof DbsvcError || isConnectionLoss(error)) throw error
    throw DbsvcError.of('DBS-1304', { file: folder, reason: reasonOf(error) }, error)
  }
  await keepFinalExport(client, id, folder)
  return folder
}

async function inFolder(
  folder: string,
  engine: string,
  write: (path: string) => Promise<readonly ExportedFile[]>,
): Promise<readonly ExportedFile[]> {
  const path = join(folder, engine)
  await mkdir(path, { recursive: true })
  return (await write(path)).map(({ file, bytes }) => ({ file: join(engine, file), bytes }))
}

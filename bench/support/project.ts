import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from './database.ts'

export const shippedMigrations = fileURLToPath(new URL('../../migrations', import.meta.url))

/** A folder as `dbsvc init` leaves it, on this database and else in default configuration. */
export async function writeProject(
  directory: string,
  { host, port, user, password, database }: Database,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  await cp(shippedMigrations, join(directory, 'migrations'), { recursive: true })
  const config = {
    postgres: { host, port, user, password, database },
    // The shared role's password belongs to the server, so the projects share one place for secrets.
    secrets: { directory: '../secrets' },
  }
  await writeFile(join(directory, 'dbsvc.config.json'), JSON.stringify(config))
}

import { runner } from 'node-pg-migrate'
import type { TestDatabase } from './database.ts'

/** Runs a folder with node-pg-migrate itself, into one schema; what it records is kept in another. Returns the names in the order they ran. */
export async function runNodePgMigrate(
  database: TestDatabase,
  directory: string,
  schema: string,
  direction: 'up' | 'down',
): Promise<string[]> {
  const { host, port, user, password, database: name } = database
  const migrations = await runner({
    databaseUrl: { host, port, user, password, database: name, ssl: false },
    dir: directory,
    direction,
    count: Number.POSITIVE_INFINITY,
    schema,
    createSchema: true,
    migrationsTable: 'pgmigrations',
    migrationsSchema: `peer_${schema}`,
    createMigrationsSchema: true,
    log: () => {},
  })
  return migrations.map((migration) => migration.name)
}

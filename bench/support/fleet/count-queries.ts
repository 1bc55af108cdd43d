import { readFile } from 'node:fs/promises'
import { type Database, withClient } from '../database.ts'
import type { BenchmarkServer } from '../server.ts'

/** Messages with SQL that the server got for a database during the work, from its own log; several statements in one message are one. */
export async function countQueries(
  { logFile }: BenchmarkServer,
  database: Database,
  work: () => Promise<unknown>,
): Promise<number> {
  const set = (setting: string): Promise<void> =>
    withClient({ ...database, database: 'postgres' }, async (client) => {
      await client.query(`alter database ${database.database} ${setting}`)
    })
  await set(`set log_statement = 'all'`)
  const before = await logged(logFile)
  try {
    await work()
    return (await logged(logFile)) - before
  } finally {
    await set('reset log_statement')
  }
}

async function logged(logFile: string): Promise<number> {
  return (await readFile(logFile, 'utf8')).match(/ LOG: {2}(?:statement|execute [^:]+): /g)?.length ?? 0
}

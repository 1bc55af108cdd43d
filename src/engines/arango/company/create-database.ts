import { setTimeout as delay } from 'node:timers/promises'
import { anyAnswer } from '../connection/database.ts'
import { isRefusal, refusedBecause } from '../connection/failure.ts'
import type { ArangoServer } from '../connection/server.ts'

const duplicateName = 1207
const visibleWithinMs = 10_000

/** A user that gets access to a new database; made where there is none of this name. */
export interface DatabaseUser {
  readonly username: string
  readonly passwd: string
}

/** Makes a database where there is none of this name. */
export async function createDatabase(
  server: ArangoServer,
  name: string,
  users: readonly DatabaseUser[],
): Promise<void> {
  const deadline = performance.now() + visibleWithinMs
  for (;;) {
    try {
      await server.system.send({ method: 'POST', path: '/_api/database', body: { name, users } }, anyAnswer)
      return
    } catch (error) {
      if (!isRefusal(error, duplicateName)) throw error
    }
    // In a cluster one that somebody else is making has its name already, and cannot be used before it is complete; one that
    // somebody else is removing is gone soon, and then made.
    if (await databaseExists(server, name)) return
    if (performance.now() > deadline) {
      throw refusedBecause(server.place, `database ${name} exists, and cannot be used after ${visibleWithinMs} ms`)
    }
    await delay(100)
  }
}

/** Asked inside of it: so it also holds for one that the list already has and that is not complete. */
export async function databaseExists(server: ArangoServer, name: string): Promise<boolean> {
  return (await server.database(name).find({ path: '/_api/database/current' }, anyAnswer)) !== null
}

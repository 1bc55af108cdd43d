import type { ArangoDatabase } from '../connection/database.ts'
import { databaseOf } from '../names.ts'
import { clearAccess, readAccess, readCollectionAccess, setAccess, setCollectionAccess } from './user.ts'

/** Gives a company's user its own database to read and write, and takes every other one from it. */
export async function ensureAccess(system: ArangoDatabase, company: string): Promise<void> {
  await restrictAccess(system, company)
  const name = databaseOf(company)
  await setAccess(system, name, name, 'rw')
  // Access to a database says nothing of its collections: those of a user that was made by itself are closed to it.
  if ((await readCollectionAccess(system, name, name, '*')) !== 'rw') {
    await setCollectionAccess(system, name, name, '*', 'rw')
  }
}

/** Takes every database but its own from a company's user. @returns the names of those, `*` for all without a grant */
export async function restrictAccess(system: ArangoDatabase, company: string): Promise<string[]> {
  const name = databaseOf(company)
  const foreign = await readForeignAccess(system, company)
  // What the wildcard alone had opened is closed with it.
  for (const database of foreign.toSorted()) await clearAccess(system, name, database)
  return foreign
}

/** The databases that a company's user can reach beside its own; `*` for all without a grant. */
export async function readForeignAccess(system: ArangoDatabase, company: string): Promise<string[]> {
  const name = databaseOf(company)
  return [...(await readAccess(system, name)).keys()].filter((database) => database !== name)
}

import { z } from 'zod'
import { type ArangoDatabase, anyAnswer } from '../connection/database.ts'
import { isRefusal } from '../connection/failure.ts'
import { apiPath } from '../names.ts'

export type AccessLevel = 'rw' | 'ro' | 'none'

const duplicateUser = 1702
const described = z.object({ user: z.string(), active: z.boolean() })
// Of the databases a server lists those that the user can reach, by whatever grant.
const levels = z.object({ result: z.record(z.string(), z.string()) })
const level = z.object({ result: z.string() })

export interface User {
  readonly user: string
  readonly active: boolean
}

/** Null where there is none. `system` is the `_system` database, as it is for all of these. */
export function readUser(system: ArangoDatabase, name: string): Promise<User | null> {
  return system.find({ path: apiPath`/_api/user/${name}` }, described)
}

export async function listUsers(system: ArangoDatabase): Promise<User[]> {
  const { result } = await system.send({ path: '/_api/user' }, z.object({ result: z.array(described) }))
  return result
}

/** Changes what is given of a user; null where there is none. */
export function changeUser(
  system: ArangoDatabase,
  name: string,
  change: { readonly passwd?: string; readonly active?: boolean },
): Promise<User | null> {
  return system.find({ method: 'PATCH', path: apiPath`/_api/user/${name}`, body: change }, described)
}

/** Gives the user this password, and makes it where there is none. One that is not active stays so. */
export async function ensureUser(system: ArangoDatabase, name: string, passwd: string): Promise<User> {
  for (;;) {
    const changed = await changeUser(system, name, { passwd })
    if (changed !== null) return changed
    try {
      return await system.send({ method: 'POST', path: '/_api/user', body: { user: name, passwd } }, described)
    } catch (error) {
      if (!isRefusal(error, duplicateUser)) throw error
    }
  }
}

export async function removeUser(system: ArangoDatabase, name: string): Promise<void> {
  await system.find({ method: 'DELETE', path: apiPath`/_api/user/${name}` }, anyAnswer)
}

/** What the user can reach, by database; `*` stands for those that have no grant of their own. */
export async function readAccess(system: ArangoDatabase, name: string): Promise<ReadonlyMap<string, string>> {
  const { result } = await system.send({ path: apiPath`/_api/user/${name}/database` }, levels)
  // Not every version lists the wildcard with the others.
  const wildcard = await system.send({ path: apiPath`/_api/user/${name}/database/${'*'}` }, level)
  return new Map([...Object.entries(result), ['*', wildcard.result] as const].filter(([, access]) => grants(access)))
}

/** Of a collection; `*` stands for those that have no grant of their own. */
export async function readCollectionAccess(
  system: ArangoDatabase,
  name: string,
  database: string,
  collection: string,
): Promise<string> {
  const path = apiPath`/_api/user/${name}/database/${database}/${collection}`
  return (await system.send({ path }, level)).result
}

export async function setAccess(
  system: ArangoDatabase,
  name: string,
  database: string,
  grant: AccessLevel,
): Promise<void> {
  await system.send(
    { method: 'PUT', path: apiPath`/_api/user/${name}/database/${database}`, body: { grant } },
    anyAnswer,
  )
}

export async function setCollectionAccess(
  system: ArangoDatabase,
  name: string,
  database: string,
  collection: string,
  grant: AccessLevel,
): Promise<void> {
  const path = apiPath`/_api/user/${name}/database/${database}/${collection}`
  await system.send({ method: 'PUT', path, body: { grant } }, anyAnswer)
}

/** Takes back a grant, so that the wildcard holds again. */
export async function clearAccess(system: ArangoDatabase, name: string, database: string): Promise<void> {
  await system.find({ method: 'DELETE', path: apiPath`/_api/user/${name}/database/${database}` }, anyAnswer)
}

const grants = (access: string): boolean => access === 'rw' || access === 'ro'

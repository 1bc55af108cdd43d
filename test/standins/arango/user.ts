export type AccessLevel = 'rw' | 'ro' | 'none'

export interface User {
  readonly name: string
  password: string
  active: boolean
  extra: Record<string, unknown>
  /** By database; `*` is for those that are not named. */
  readonly grants: Map<string, AccessLevel>
  /** By database and collection; `*` is for those that are not named, of both. */
  readonly collections: Map<string, Map<string, AccessLevel>>
}

export function levelOf(user: User, database: string): AccessLevel {
  return user.grants.get(database) ?? user.grants.get('*') ?? 'none'
}

/** Without a grant of its own, and without one for all of the database or of the server, a collection is closed. */
export function collectionLevelOf({ collections }: User, database: string, collection: string): AccessLevel {
  return (
    collections.get(database)?.get(collection) ??
    collections.get(database)?.get('*') ??
    collections.get('*')?.get(collection) ??
    collections.get('*')?.get('*') ??
    'none'
  )
}

export function grantCollection(user: User, database: string, collection: string, level: AccessLevel): void {
  const ofDatabase = user.collections.get(database) ?? new Map<string, AccessLevel>()
  user.collections.set(database, ofDatabase.set(collection, level))
}

/** May manage databases and users. */
export function isAdministrator(user: User): boolean {
  return levelOf(user, '_system') === 'rw'
}

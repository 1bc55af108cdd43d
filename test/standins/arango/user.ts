export type AccessLevel = 'rw' | 'ro' | 'none'

export interface User {
  readonly name: string
  password: string
  active: boolean
  extra: Record<string, unknown>
  /** By database; `*` is for those that are not named. */
  readonly grants: Map<string, AccessLevel>
}

export function levelOf(user: User, database: string): AccessLevel {
  return user.grants.get(database) ?? user.grants.get('*') ?? 'none'
}

/** May manage databases and users. */
export function isAdministrator(user: User): boolean {
  return levelOf(user, '_system') === 'rw'
}

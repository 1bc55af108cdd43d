import type { Redis } from 'ioredis'

/** A user as ACL GETUSER shows it, of any server. */
export interface AclUser {
  readonly isOn: boolean
  readonly needsPassword: boolean
  /** SHA-256 in hexadecimal; DragonflyDB shows the first 15 characters only. */
  readonly passwords: readonly string[]
  /** What is granted and taken, in this order, such as `-@all +get`. */
  readonly commands: readonly string[]
  readonly keys: readonly string[]
  readonly channels: readonly string[]
  /** Null where users have none. */
  readonly selectors: number | null
}

/** @returns null where there is no such user */
export async function readUser(client: Redis, name: string): Promise<AclUser | null> {
  return parseUser(await client.call('ACL', 'GETUSER', name))
}

/** Reads a reply of ACL GETUSER, whose lists are arrays here and text there. */
export function parseUser(reply: unknown): AclUser | null {
  if (!Array.isArray(reply)) return null
  const fields = new Map<unknown, unknown>()
  for (let at = 0; at < reply.length; at += 2) fields.set(reply[at], reply[at + 1])
  const field = (name: string): unknown => fields.get(name)
  const flags = wordsOf(field('flags'))
  return {
    isOn: flags.includes('on'),
    needsPassword: !flags.includes('nopass'),
    passwords: wordsOf(field('passwords')).map((hash) => hash.replace(/^#/, '')),
    commands: wordsOf(field('commands')),
    // DragonflyDB writes how a list begins, too.
    keys: wordsOf(field('keys')).filter((word) => word !== 'resetkeys'),
    channels: wordsOf(field('channels')).filter((word) => word !== 'resetchannels'),
    selectors: fields.has('selectors') ? listLength(field('selectors')) : null,
  }
}

/**
 * What is granted in the end, such as `+get`, and whole categories that are taken, such as `-@slow`, whose commands only the server
 * knows. What comes before the last `-@all` counts for nothing.
 */
export function grantsOf({ commands }: AclUser): Set<string> {
  const grants = new Set<string>()
  for (const word of commands.map((each) => each.toLowerCase())) {
    if (word === '-@all' || word === 'nocommands') grants.clear()
    else if (word.startsWith('-') && !word.startsWith('-@')) grants.delete(`+${word.slice(1)}`)
    else grants.add(word === 'allcommands' ? '+@all' : word)
  }
  return grants
}

const wordsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value ?? '').split(' ')).filter((word) => word !== '')

const listLength = (value: unknown): number => (Array.isArray(value) ? value.length : 0)

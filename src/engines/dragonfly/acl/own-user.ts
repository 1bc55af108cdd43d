import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type Credentials, connectTo, type Endpoint } from '../connection.ts'
import { saveUsers } from '../save-users.ts'
import { type AclUser, grantsOf, readUser } from './user.ts'

/** A user that dbsvc itself is, beside its administrator: whoever has its password has these rights and no others. */
export interface OwnUser {
  readonly name: string
  readonly commands: readonly string[]
  /** Patterns as ACL SETUSER takes them; null for none. */
  readonly keys: string | null
  readonly channels: string | null
}

/** Makes the user, or gives it exactly the rights it should have. @throws DBS-1101, DBS-1102, and what the server refuses */
export async function ensureUser(
  endpoint: Endpoint,
  administrator: Credentials,
  user: OwnUser,
  password: string,
): Promise<void> {
  const client = await connectTo(endpoint, administrator, `dbsvc serve ${user.name}`)
  try {
    if (isAsWanted(await readUser(client, user.name), user, password)) return
    await client.call('ACL', 'SETUSER', user.name, 'on', ...renderRights(user, password, await hasSelectors(client)))
    await saveUsers(client)
  } finally {
    client.disconnect()
  }
}

const renderRights = ({ commands, keys, channels }: OwnUser, password: string, selectors: boolean): string[] => [
  ...(selectors ? ['clearselectors'] : []),
  ...['resetpass', `>${password}`, 'resetkeys', keys, 'resetchannels', channels, '-@all'].filter(
    (rule) => rule !== null,
  ),
  ...commands.map((command) => `+${command}`),
]

const hasSelectors = async (client: Redis): Promise<boolean> => {
  const user = await readUser(client, 'default')
  return user !== null && user.selectors !== null
}

/** Setting what is set already could close the connections of other routers. */
function isAsWanted(user: AclUser | null, { commands, keys, channels }: OwnUser, password: string): boolean {
  if (user === null || !user.isOn || !user.needsPassword || (user.selectors ?? 0) > 0) return false
  const hash = createHash('sha256').update(password).digest('hex')
  const [only = '', ...others] = user.passwords
  const granted = [...grantsOf(user)].toSorted()
  return (
    only.length >= 15 &&
    hash.startsWith(only) &&
    others.length === 0 &&
    user.keys.join(' ') === (keys ?? '') &&
    user.channels.join(' ') === (channels ?? '') &&
    granted.join(' ') ===
      commands
        .map((command) => `+${command}`)
        .toSorted()
        .join(' ')
  )
}

import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type AclUser, grantsOf, readUser } from './acl/user.ts'
import { type Credentials, connectTo, type Endpoint } from './connection.ts'
import { saveUsers } from './save-users.ts'

/** What routers keep stands outside of every company's key space, and what they tell each other outside of its channels. */
export const responsePrefix = 'dbsvc:response:'
export const changesChannel = 'dbsvc:changes'

/** Who routers are for their cache: whoever has this password reaches responses, and neither companies' keys nor the server. */
export const routerUser = 'dbsvc_router'

const commands = ['ping', 'hello', 'time', 'get', 'set', 'publish', 'subscribe', 'unsubscribe']
const keys = `~${responsePrefix}*`
const channels = `&${changesChannel}`

/** Makes the user, or gives it exactly the rights it should have. @throws DBS-1101, DBS-1102, and what the server refuses */
export async function ensureRouterUser(
  endpoint: Endpoint,
  administrator: Credentials,
  password: string,
): Promise<void> {
  const client = await connectTo(endpoint, administrator, 'dbsvc serve cache user')
  try {
    if (isAsWanted(await readUser(client, routerUser), password)) return
    await client.call('ACL', 'SETUSER', routerUser, 'on', ...renderRights(password, await hasSelectors(client)))
    await saveUsers(client)
  } finally {
    client.disconnect()
  }
}

const renderRights = (password: string, selectors: boolean): string[] => [
  ...(selectors ? ['clearselectors'] : []),
  ...['resetpass', `>${password}`, 'resetkeys', keys, 'resetchannels', channels, '-@all'],
  ...commands.map((command) => `+${command}`),
]

const hasSelectors = async (client: Redis): Promise<boolean> => {
  const user = await readUser(client, 'default')
  return user !== null && user.selectors !== null
}

/** Setting what is set already could close the connections of other routers. */
function isAsWanted(user: AclUser | null, password: string): boolean {
  if (user === null || !user.isOn || !user.needsPassword || (user.selectors ?? 0) > 0) return false
  const hash = createHash('sha256').update(password).digest('hex')
  const [only = '', ...others] = user.passwords
  const granted = [...grantsOf(user)].toSorted()
  return (
    only.length >= 15 &&
    hash.startsWith(only) &&
    others.length === 0 &&
    user.keys.join(' ') === keys &&
    user.channels.join(' ') === channels &&
    granted.join(' ') ===
      commands
        .map((command) => `+${command}`)
        .toSorted()
        .join(' ')
  )
}

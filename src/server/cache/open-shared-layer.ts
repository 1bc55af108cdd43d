import { randomUUID } from 'node:crypto'
import type { Config } from '../../config/schema.ts'
import { ensureUser } from '../../engines/dragonfly/acl/own-user.ts'
import { administratorOf, endpointOf } from '../../engines/dragonfly/connection.ts'
import { connectAgainAndAgain } from '../../engines/dragonfly/reconnecting.ts'
import { responsePrefix, routerUser } from '../../engines/dragonfly/router-user.ts'
import type { Circuits } from '../fallback/circuits.ts'
import { announce, listen } from './announcements.ts'
import type { Changes } from './changes.ts'
import { seal, unseal } from './envelope.ts'
import type { SharedLayer } from './shared-layer.ts'

/** Null where no DragonflyDB is configured. It need not answer, now or ever. */
export async function openSharedLayer(
  config: Config,
  changes: Changes,
  circuits: Circuits,
  routerPassword: () => Promise<string>,
): Promise<SharedLayer | null> {
  const endpoint = endpointOf(config)
  const { sharedTimeoutMs, longestTtlMs, staleMs, entryBytes, memoryBytes } = config.server.cache
  if (endpoint === null || memoryBytes === 0) return null
  const who = { user: routerUser.name, password: await routerPassword() }
  let isMaking = false
  // At the first start, and when a server that kept no users came back without its memory.
  const makeUser = (): void => {
    if (isMaking) return
    isMaking = true
    ensureUser(endpoint, administratorOf(config), routerUser, who.password)
      .catch(() => {})
      .finally(() => {
        isMaking = false
      })
  }
  makeUser()
  const connect = (application: string, commandTimeoutMs: number) =>
    connectAgainAndAgain(endpoint, who, { application, commandTimeoutMs, onRefused: makeUser })
  const client = await connect('dbsvc serve cache', sharedTimeoutMs)
  const listener = await connect('dbsvc serve changes', 5_000)
  const router = randomUUID()
  const hearing = listen(listener, router, changes)

  const keepMs = longestTtlMs + staleMs
  const send = <Result>(command: () => Promise<Result>): Promise<Result | null> =>
    circuits.through('dragonfly', command, () => 'failed').catch(() => null)

  return {
    async get({ key, identity }) {
      // In one round trip, so that the time is that of the look.
      const replies = await send(() => Promise.all([client.time(), client.get(responsePrefix + key)]))
      if (replies === null) return null
      const [[seconds, micros], text] = replies
      const serverMs = Number(seconds) * 1_000 + Number(micros) / 1_000
      const envelope = text === null ? null : unseal(text, identity)
      // A clock that was set back cannot tell an age.
      if (envelope === null || envelope.readAtServerMs > serverMs) return { serverMs, kept: null }
      return { serverMs, kept: { table: envelope.table, ageMs: serverMs - envelope.readAtServerMs } }
    },
    set({ key, identity }, table, readAtServerMs) {
      const text = seal({ identity, readAtServerMs, table })
      if (text.length <= entryBytes) void send(() => client.set(responsePrefix + key, text, 'PX', keepMs))
    },
    tell(tags, holdMs) {
      void send(() => announce(client, router, tags, holdMs))
    },
    state: () => ({ connected: client.status === 'ready', listening: hearing() }),
    async close() {
      client.disconnect()
      listener.disconnect()
    },
  }
}

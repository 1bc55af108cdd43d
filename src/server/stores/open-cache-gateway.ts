import type { ChainableCommander, Redis } from 'ioredis'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { connectTo, describeEndpoint, endpointOf } from '../../engines/dragonfly/connection.ts'
import { isReply, operationError } from '../../engines/dragonfly/errors.ts'
import { prefixOf, userOf } from '../../engines/dragonfly/names.ts'
import type { CacheGateway, KeyOwner } from './cache-gateway.ts'
import { createClientPool } from './client-pool.ts'
import { createKeyBudget } from './key-budget.ts'
import { openKeyCounter } from './key-counter.ts'

const mostClients = 256
const idleMs = 30_000

/** Talks to the server as each company's own user, whose rights end at its keys; null where none is configured. */
export function openCacheGateway(
  config: Config,
  passwordOf: (company: string) => Promise<string>,
): CacheGateway | null {
  const endpoint = endpointOf(config)
  if (endpoint === null) return null
  const clients = createClientPool<Redis>({
    open: async (company) =>
      connectTo(endpoint, { user: userOf(company), password: await passwordOf(company) }, 'dbsvc serve'),
    isUsable: ({ status }) => status === 'ready',
    close: (client) => client.disconnect(),
    most: mostClients,
    idleMs,
  })

  const counter = openKeyCounter(config, endpoint, passwordOf)
  const budget = createKeyBudget({ count: counter.count, now: () => performance.now() })
  const full = ({ company, limits }: KeyOwner): DbsvcError =>
    DbsvcError.of('DBS-2407', { company, budget: limits.cacheKeys })

  /** Sends commands and gives their replies; the first that is an error is thrown. */
  const ask = (company: string, way: 'direct' | 'pool', send: (commands: Redis) => ChainableCommander) =>
    clients.use(company, way, async (client) => {
      try {
        return ((await send(client).exec()) ?? []).map(([error, reply]) => {
          if (error !== null) throw error
          return reply
        })
      } catch (error) {
        throw failureOf(error, company)
      }
    })
  const failureOf = (error: unknown, company: string): unknown => {
    const reason = isReply(error) ? unfit(error.message) : null
    if (reason !== null) return DbsvcError.of('DBS-2403', { reason })
    return operationError(error, describeEndpoint(endpoint), userOf(company))
  }

  return {
    async get(company, way, keys) {
      const replies = await ask(company, way, (client) =>
        keys.reduce(
          (all, key) => all.getBuffer(prefixOf(company) + key).pttl(prefixOf(company) + key),
          client.pipeline(),
        ),
      )
      return keys.map((_, at) => {
        const value = replies[2 * at] as Buffer | null
        const ttlMs = Number(replies[2 * at + 1])
        // It may have gone between the two.
        if (value === null || ttlMs === gone) return null
        return { text: textOf(value), ttlMs: ttlMs === stays ? null : ttlMs }
      })
    },
    async set(owner, way, key, { text, ttlMs }, onlyIfAbsent) {
      const { company, limits } = owner
      const own = prefixOf(company) + key
      const hasRoom = await budget.hasRoom(company, limits.cacheKeys)
      // Where there is no room, what is there already may be written.
      const condition = onlyIfAbsent ? 'NX' : 'XX'
      const terms = [...(ttlMs === null ? [] : ['PX', ttlMs]), ...(onlyIfAbsent || !hasRoom ? [condition] : [])]
      const [there, reply] = await ask(company, way, (client) => {
        const all = client.pipeline().exists(own)
        return hasRoom || !onlyIfAbsent ? all.call('SET', own, text, ...terms) : all
      })
      if (!hasRoom && (there === 0 || (reply !== 'OK' && !onlyIfAbsent))) throw full(owner)
      if (reply === 'OK' && there === 0) budget.note(company, 1)
      return reply === 'OK'
    },
    async delete(company, way, keys) {
      // Key by key: a server that divides keys into slots refuses several of different ones in one command.
      const replies = await ask(company, way, (client) =>
        keys.reduce((all, key) => all.del(prefixOf(company) + key), client.pipeline()),
      )
      const deleted = replies.reduce<number>((sum, reply) => sum + Number(reply), 0)
      budget.note(company, -deleted)
      return deleted
    },
    async increment(owner, way, key, by, ttlMs) {
      const { company, limits } = owner
      const own = prefixOf(company) + key
      if (!(await budget.hasRoom(company, limits.cacheKeys))) {
        const [there] = await ask(company, way, (client) => client.pipeline().exists(own))
        if (there === 0) throw full(owner)
      }
      const replies = await ask(company, way, (client) => {
        const all = client.multi().exists(own)
        if (ttlMs !== null) all.set(own, '0', 'PX', ttlMs, 'NX')
        // As text the sum keeps its 64 bits.
        return all.incrby(own, by.toString()).getBuffer(own)
      })
      if (replies[0] === 0) budget.note(company, 1)
      return BigInt(textOf(replies.at(-1) as Buffer))
    },
    connections: () => clients.size(),
    async close() {
      counter.close()
      await clients.close()
    },
  }
}

// What PTTL says instead of a time.
const gone = -2
const stays = -1

/** Why a command does not fit what is kept; null for any other reply. */
function unfit(reply: string): string | null {
  if (reply.startsWith('WRONGTYPE')) return 'it is a list, a hash or something else that is no value'
  if (/not an integer/.test(reply)) return 'it is no 64-bit integer'
  return /overflow/.test(reply) ? 'it would leave the 64 bits of an integer' : null
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(value: Buffer): string {
  try {
    return utf8.decode(value)
  } catch (error) {
    throw DbsvcError.of('DBS-2403', { reason: 'it is no UTF-8 text' }, error)
  }
}

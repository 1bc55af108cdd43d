import type { Redis } from 'ioredis'
import type { StoreFacts } from '../store.ts'
import { scanKeys } from './keys.ts'
import { patternOf, userOf } from './names.ts'
import type { Session } from './session.ts'

/** How many keys' sizes stand for all of them. */
const sampled = 200

export async function readFacts({ client }: Session, company: string): Promise<StoreFacts> {
  const { items, sizeBytes } = await readKeys(client, company)
  return {
    place: `keys ${patternOf(company)}`,
    sizeBytes,
    items,
    itemKind: 'keys',
    ...(await readClients(client, company)),
  }
}

/** Counts all keys and asks for the memory of the first ones, which are as good as any: SCAN's order is that of a hash. */
async function readKeys(client: Redis, company: string): Promise<{ items: number; sizeBytes: number }> {
  let items = 0
  const sizes: number[] = []
  for await (const keys of scanKeys(client, company)) {
    items += keys.length
    for (const key of keys.slice(0, sampled - sizes.length)) {
      const size = await client.call('MEMORY', 'USAGE', key)
      // Null for a key that has expired meanwhile.
      if (typeof size === 'number') sizes.push(size)
    }
  }
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return { items, sizeBytes: sizes.length === 0 ? 0 : Math.round((total / sizes.length) * items) }
}

/** DragonflyDB does not say whose a connection is: both are null there. */
async function readClients(
  client: Redis,
  company: string,
): Promise<Pick<StoreFacts, 'connections' | 'lastActivityAt'>> {
  const lines = String(await client.call('CLIENT', 'LIST'))
    .trim()
    .split('\n')
  if (!lines.some((line) => / user=/.test(line))) return { connections: null, lastActivityAt: null }
  const own = lines.filter((line) => line.split(' ').includes(`user=${userOf(company)}`))
  const idle = own.map((line) => Number(/ idle=(\d+)/.exec(line)?.[1] ?? 0))
  const lastActivityAt = own.length === 0 ? null : new Date(Date.now() - Math.min(...idle) * 1000).toISOString()
  return { connections: own.length, lastActivityAt }
}

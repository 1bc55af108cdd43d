import type { Redis } from 'ioredis'
import { runAll } from '../pipeline.ts'

/** A key of each type, under names that begin so. */
export const plantedKeys = (
  stem: string,
): Record<'string' | 'number' | 'hash' | 'list' | 'set' | 'zset' | 'stream', string> => ({
  string: `${stem}string`,
  number: `${stem}number`,
  hash: `${stem}hash`,
  list: `${stem}list`,
  set: `${stem}set`,
  zset: `${stem}zset`,
  stream: `${stem}stream`,
})

/** Writes in every way that a company has. */
export async function plant(client: Redis, stem: string): Promise<void> {
  const keys = plantedKeys(stem)
  await runAll(client, [
    ['SET', keys.string, 'secret'],
    ['SET', keys.number, '1'],
    ['HSET', keys.hash, 'field', 'secret'],
    ['RPUSH', keys.list, 'x', 'secret'],
    ['SADD', keys.set, 'x', 'secret'],
    ['ZADD', keys.zset, '1', 'x'],
    ['XADD', keys.stream, '1-1', 'field', 'secret'],
  ])
}

/** Everything that was planted, in a form that shows any change. */
export async function readPlanted(client: Redis, stem: string): Promise<string> {
  const keys = plantedKeys(stem)
  const pipeline = client.pipeline()
  pipeline.get(keys.string).get(keys.number).hgetall(keys.hash).lrange(keys.list, 0, -1).smembers(keys.set)
  pipeline.zrange(keys.zset, '0', '-1', 'WITHSCORES').xrange(keys.stream, '-', '+')
  for (const key of Object.values(keys)) pipeline.ttl(key)
  const replies = (await pipeline.exec()) ?? []
  // One that has become a key of another type answers with an error, which is a change as well.
  return JSON.stringify(replies.map(([error, reply]) => error?.message ?? reply))
}

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
  const replies = await runAll(client, [
    ['GET', keys.string],
    ['GET', keys.number],
    ['HGETALL', keys.hash],
    ['LRANGE', keys.list, 0, -1],
    ['SMEMBERS', keys.set],
    ['ZRANGE', keys.zset, 0, -1, 'WITHSCORES'],
    ['XRANGE', keys.stream, '-', '+'],
    ...Object.values(keys).map((key) => ['TTL', key]),
  ])
  return JSON.stringify(replies)
}

import type { Redis } from 'ioredis'
import type { EngineVitals } from '../vitals.ts'
import { infoField } from './server.ts'

/** Memory in 2^20 bytes; how many of the reads since the server's start found their key, null before the first. */
export async function readVitals(client: Redis): Promise<EngineVitals> {
  const info = await client.info()
  const number = (name: string): number => Number(infoField(info, name) ?? Number.NaN)
  const [hits, misses] = [number('keyspace_hits'), number('keyspace_misses')]
  const rate = (100 * hits) / (hits + misses)
  const memory = number('used_memory') / 2 ** 20
  return {
    memory_usage_mb: Number.isNaN(memory) ? null : memory,
    cache_hit_rate_percent: Number.isNaN(rate) ? null : rate,
  }
}

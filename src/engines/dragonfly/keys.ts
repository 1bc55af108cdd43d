import type { Redis } from 'ioredis'
import { patternOf, prefixOf } from './names.ts'

// How many places of its table the server looks at in one call, during which it does nothing else.
const perCall = 1000

/**
 * The keys of a company, as the bytes they are, in batches; some may come twice, and one written meanwhile may be missing. The
 * server goes through all keys of all companies, in calls that let others in between.
 */
export async function* scanKeys(client: Redis, company: string): AsyncGenerator<Buffer[]> {
  const prefix = Buffer.from(prefixOf(company))
  for await (const keys of scan(client, patternOf(company))) {
    // Whatever a server takes the pattern for, no other company's key is touched.
    const own = keys.filter((key) => key.subarray(0, prefix.length).equals(prefix))
    if (own.length > 0) yield own
  }
}

/** The keys that match a glob, in batches that may be empty. */
export async function* scan(client: Redis, pattern: string): AsyncGenerator<Buffer[]> {
  let cursor = '0'
  do {
    const [next, keys] = await client.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', perCall)
    yield keys
    cursor = next.toString()
  } while (cursor !== '0')
}

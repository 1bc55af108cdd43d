import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Redis } from 'ioredis'
import { scanKeys } from '../keys.ts'
import { runAll } from '../pipeline.ts'
import type { Session } from '../session.ts'
import { textOf } from './text.ts'
import { readValue } from './values.ts'

const file = 'dragonfly.ndjson'

/**
 * Writes a line of JSON for each key, `{"key", "type", "ttlMs", "value"}`, and several for a big one; no file for a company without
 * keys. What is written meanwhile may be in it or not, and a key may come twice.
 */
export async function exportCompany(
  { client }: Session,
  company: string,
  directory: string,
): Promise<{ file: string; bytes: number }[]> {
  const path = join(directory, file)
  await pipeline(Readable.from(readLines(client, company)), createWriteStream(path, { mode: 0o600 }))
  const { size } = await stat(path)
  if (size > 0) return [{ file, bytes: size }]
  await rm(path)
  return []
}

async function* readLines(client: Redis, company: string): AsyncGenerator<string> {
  for await (const keys of scanKeys(client, company)) {
    const replies = await runAll(
      client,
      keys.flatMap((key) => [
        ['TYPE', key],
        ['PTTL', key],
      ]),
    )
    for (const [at, key] of keys.entries()) {
      const [type, ttl] = [String(replies[at * 2]), Number(replies[at * 2 + 1])]
      // A key may expire between two questions.
      if (type === 'none') continue
      const head = { key: textOf(key), type, ttlMs: ttl < 0 ? null : ttl }
      for await (const value of readValue(client, key, type)) yield `${JSON.stringify({ ...head, value })}\n`
    }
  }
}

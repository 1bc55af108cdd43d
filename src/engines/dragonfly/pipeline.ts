import type { Redis } from 'ioredis'

export type Command = readonly (string | Buffer | number)[]

/**
 * Sends all commands at once and waits for all replies.
 * @throws what the first command threw that failed; the others have been done
 */
export async function runAll(client: Redis, commands: readonly Command[]): Promise<unknown[]> {
  if (commands.length === 0) return []
  const pipeline = client.pipeline()
  for (const [name, ...args] of commands) pipeline.call(String(name), ...args)
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, reply]) => {
    if (error !== null) throw error
    return reply
  })
}

import type { Redis } from 'ioredis'
import { z } from 'zod'
import { changesChannel } from '../../engines/dragonfly/router-user.ts'
import type { Changes } from './changes.ts'

const longestHoldMs = 3_600_000

const announcement = z.object({
  router: z.string(),
  tags: z.array(z.string()).max(10_000),
  holdMs: z.number().min(0).max(longestHoldMs),
})

/** Tells the other routers of a write. */
export const announce = (client: Redis, router: string, tags: readonly string[], holdMs: number): Promise<number> =>
  client.publish(changesChannel, JSON.stringify({ router, tags, holdMs }))

/**
 * Notes what other routers write; after each gap, in which nothing was heard, everything counts as changed.
 * @returns whether it hears them now
 */
export function listen(client: Redis, router: string, changes: Changes): () => boolean {
  let subscribed = false
  client.on('message', (_channel: string, message: string) => {
    const heard = parse(message)
    // What cannot be understood may have been about anything.
    if (heard === null) changes.noteAll()
    else if (heard.router !== router) changes.note(heard.tags, heard.holdMs)
  })
  client.on('close', () => {
    subscribed = false
  })
  client.on('ready', () => {
    client.subscribe(changesChannel).then(
      () => {
        subscribed = true
        changes.noteAll()
      },
      () => client.disconnect(true),
    )
  })
  return () => subscribed
}

function parse(message: string): z.output<typeof announcement> | null {
  try {
    return announcement.parse(JSON.parse(message))
  } catch {
    return null
  }
}

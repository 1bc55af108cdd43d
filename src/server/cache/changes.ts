import { LRUCache } from 'lru-cache'

/** When what is behind a tag last changed, on the router's monotonic clock. */
export interface Changes {
  /** @param holdMs for so long from now what is read is not trusted yet, because the write may still be under way */
  note(tags: Iterable<string>, holdMs?: number): void
  /** Something may have changed that nobody told of. */
  noteAll(): void
  /** Whether what was read from `readAt` on, at the earliest, still holds. */
  holds(tags: readonly string[], readAt: number): boolean
}

/** @param most tags that are remembered one by one; forgetting one counts as a change of all */
export function createChanges(now: () => number, most = 100_000): Changes {
  let all = Number.NEGATIVE_INFINITY
  const changed = new LRUCache<string, number>({
    max: most,
    dispose: (at, _tag, reason) => {
      if (reason === 'evict') all = Math.max(all, at)
    },
  })
  return {
    note(tags, holdMs = 0) {
      const at = now() + holdMs
      for (const tag of tags) changed.set(tag, Math.max(changed.peek(tag) ?? at, at))
    },
    noteAll() {
      all = Math.max(all, now())
    },
    // What was read in the very moment of the change may be from before it.
    holds: (tags, readAt) =>
      readAt > all && tags.every((tag) => readAt > (changed.get(tag) ?? Number.NEGATIVE_INFINITY)),
  }
}

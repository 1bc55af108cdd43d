import type { TableResult } from '../../core/routing/cells.ts'
import type { Found, Remembered } from '../fallback/hierarchy.ts'
import type { Changes } from './changes.ts'
import type { CacheEntry, CacheSubject } from './entry.ts'
import { createFlights } from './flights.ts'
import type { MemoryLayer } from './memory.ts'
import type { SharedLayer, SharedState } from './shared-layer.ts'

/** Responses to reads, in two layers. One that was read before a write ended, of which this router knows, is never given again. */
export interface ResponseCache {
  /** A response no older than `maxAgeMs`, or what `read` finds, which is kept. @throws what `read` throws */
  through(subject: CacheSubject, maxAgeMs: number, read: () => Promise<Answer>): Promise<Answer>
  /** Whatever is left of earlier responses, for when no engine answers. */
  remembered(subject: CacheSubject): Promise<Remembered<TableResult> | undefined>
  /** @param holdMs for so long the write may still be under way, because nobody knows how it ended; 0 where it ended */
  written(tags: readonly string[], holdMs: number): void
  counts(): CacheCounts
  /** Null without one. */
  shared(): SharedState | null
  close(): Promise<void>
}

type Answer = Found<TableResult>

/** Since the start; entries and bytes are those of this moment. */
export interface CacheCounts {
  readonly memoryHits: number
  readonly sharedHits: number
  readonly misses: number
  /** Of those, how many the shared layer was asked for in vain, and how many while it did not answer. */
  readonly sharedMisses: number
  readonly sharedUnanswered: number
  /** Requests that waited for another's answer. */
  readonly joined: number
  /** Responses given because no engine answered. */
  readonly remembered: number
  readonly writes: number
  readonly entries: number
  readonly bytes: number
}

export interface CacheLayers {
  readonly memory: MemoryLayer
  readonly shared: SharedLayer | null
  readonly changes: Changes
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

export function createResponseCache({ memory, shared, changes, now }: CacheLayers): ResponseCache {
  const counts = {
    memoryHits: 0,
    sharedHits: 0,
    misses: 0,
    sharedMisses: 0,
    sharedUnanswered: 0,
    joined: 0,
    remembered: 0,
    writes: 0,
  }
  const flights = createFlights<Answer>(now, () => counts.joined++)

  const inMemory = ({ key, tags }: CacheSubject): CacheEntry | undefined => {
    const entry = memory.get(key)
    return entry !== undefined && changes.holds(tags, entry.readAt) ? entry : undefined
  }
  const inShared = async (subject: CacheSubject) => {
    const askedAt = now()
    const answer = (await shared?.get(subject)) ?? null
    const kept = answer?.kept ?? null
    // The server told the time after it was asked, so that this is rather too early than too late.
    const entry = kept === null ? undefined : { table: kept.table, readAt: askedAt - kept.ageMs }
    if (entry === undefined || !changes.holds(subject.tags, entry.readAt)) return { answer, entry: undefined }
    memory.set(subject.key, entry)
    return { answer, entry }
  }
  const cached = ({ table, readAt }: CacheEntry): Answer => ({
    value: table,
    source: 'cached_response',
    ageMs: now() - readAt,
  })

  return {
    async through(subject, maxAgeMs, read) {
      const fresh = (entry: CacheEntry | undefined): entry is CacheEntry =>
        entry !== undefined && now() - entry.readAt <= maxAgeMs
      const entry = inMemory(subject)
      if (fresh(entry)) {
        counts.memoryHits++
        return cached(entry)
      }
      return flights.join(
        `${subject.key}/${maxAgeMs}`,
        (startedAt) => changes.holds(subject.tags, startedAt),
        async () => {
          const found = await inShared(subject)
          if (fresh(found.entry)) {
            counts.sharedHits++
            return cached(found.entry)
          }
          counts.misses++
          if (found.answer !== null) counts.sharedMisses++
          else if (shared !== null) counts.sharedUnanswered++
          const readAt = now()
          const answer = await read()
          // What was read while a write ended may be from before it.
          if (answer.source !== 'cached_response' && changes.holds(subject.tags, readAt)) {
            memory.set(subject.key, { table: answer.value, readAt })
            if (found.answer !== null) shared?.set(subject, answer.value, found.answer.serverMs)
          }
          return answer
        },
      )
    },
    async remembered(subject) {
      const entry = inMemory(subject) ?? (await inShared(subject)).entry
      if (entry === undefined) return undefined
      counts.remembered++
      return { value: entry.table, ageMs: now() - entry.readAt }
    },
    written(tags, holdMs) {
      counts.writes++
      changes.note(tags, holdMs)
      shared?.tell(tags, holdMs)
    },
    counts: () => ({ ...counts, ...memory.counts() }),
    shared: () => shared?.state() ?? null,
    close: async () => shared?.close(),
  }
}

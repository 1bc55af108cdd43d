import { LRUCache } from 'lru-cache'
import { bytesOf, type CacheEntry } from './entry.ts'

/** The layer in the process, bounded in bytes. */
export interface MemoryLayer {
  get(key: string): CacheEntry | undefined
  set(key: string, entry: CacheEntry): void
  counts(): { readonly entries: number; readonly bytes: number }
}

export interface MemoryOptions {
  readonly bytes: number
  /** A larger response is not kept. */
  readonly entryBytes: number
  /** How long a response is kept at most. */
  readonly keepMs: number
}

export function createMemoryLayer({ bytes, entryBytes, keepMs }: MemoryOptions): MemoryLayer {
  const entries = new LRUCache<string, CacheEntry>({
    maxSize: bytes,
    maxEntrySize: Math.min(entryBytes, bytes),
    ttl: keepMs,
    sizeCalculation: ({ table }, key) => bytesOf(table) + key.length,
  })
  return {
    get: (key) => entries.get(key),
    set: (key, entry) => void entries.set(key, entry),
    counts: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  }
}

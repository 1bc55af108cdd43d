import { LRUCache } from 'lru-cache'
import type { Config } from '../../config/schema.ts'
import type { Category } from '../../core/routing/category.ts'

/** What a request asks of the cache; null leaves it to the configuration. */
export interface CacheWish {
  readonly mode: 'on' | 'off' | null
  /** How old a cached response may be, in milliseconds. */
  readonly ttlMs: number | null
}

export interface CacheTerms {
  /** How old a cached response may be, in milliseconds; null where none may be used. */
  ageFor(wish: CacheWish, category: Category, key: string): number | null
}

export function createCacheTerms(config: Config['server']['cache']): CacheTerms {
  // How often each was asked for of late; the first sight of one starts its time.
  const seen = new LRUCache<string, { times: number }>({ max: 10_000, ttl: config.ttlMs })
  const isHot = (key: string): boolean => {
    const count = seen.get(key) ?? { times: 0 }
    count.times++
    if (count.times === 1) seen.set(key, count)
    return count.times >= config.hotAfter
  }
  return {
    ageFor({ mode, ttlMs }, category, key) {
      if (config.memoryBytes === 0 || mode === 'off') return null
      const byClass = config.categories[category]
      const wanted = mode === 'on' || byClass === 'on' || (byClass === 'hot' && isHot(key))
      return wanted ? Math.min(ttlMs ?? config.ttlMs, config.longestTtlMs) : null
    },
  }
}

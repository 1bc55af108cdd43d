import type { ResponseCache } from '../cache/response-cache.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Guard } from '../guard/verdict.ts'
import { noTracer, type Tracer } from './tracer.ts'

/** A span for each statement that is judged. */
export function tracedGuard(guard: Guard, tracer: Tracer): Guard {
  if (tracer === noTracer) return guard
  return {
    ...guard,
    judge: (text, allowed, company) => tracer.span('guard', {}, async () => guard.judge(text, allowed, company)),
  }
}

/** A span for each attempt at an engine. */
export function tracedHierarchy(hierarchy: Hierarchy, tracer: Tracer): Hierarchy {
  if (tracer === noTracer) return hierarchy
  return {
    ask: (attempts) =>
      hierarchy.ask({
        ...attempts,
        run: (way) =>
          tracer.span('engine', { 'db.system.name': attempts.engine, 'dbsvc.way': way }, () => attempts.run(way)),
      }),
  }
}

/** A span for each look for a cached response; where none was found, what was read instead is within it. */
export function tracedCache(cache: ResponseCache, tracer: Tracer): ResponseCache {
  if (tracer === noTracer) return cache
  return {
    ...cache,
    through: (subject, maxAgeMs, read) =>
      tracer.span('cache', {}, async (note) => {
        const answer = await cache.through(subject, maxAgeMs, read)
        note({ 'dbsvc.cache_hit': answer.source === 'cached_response' })
        return answer
      }),
  }
}

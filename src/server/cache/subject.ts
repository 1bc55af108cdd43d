import type { EngineName } from '../../core/engine.ts'
import { cacheKeyOf, companyTag, tableTag } from '../../core/routing/cache-key.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Verdict } from '../guard/verdict.ts'
import type { SqlStatement } from '../postgres/gateway.ts'
import type { CacheSubject } from './entry.ts'

/** Under what the response to a read is kept, and what outdates it. */
export function subjectOf(
  { company: { company, schemaVersion }, user, service }: RequestContext,
  engine: EngineName,
  { text, values }: SqlStatement,
  { reads }: Verdict,
): CacheSubject {
  const identity = { company, user, service: service.name, schemaVersion, engine }
  return {
    key: cacheKeyOf(identity, text, values),
    identity,
    tags: [companyTag(company), ...reads.map((table) => tableTag(company, table))],
  }
}

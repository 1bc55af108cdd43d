import type { RangeVar } from 'libpg-query'
import { refused } from './read.ts'
import type { NamedRelation, Surroundings, Volatility } from './surroundings.ts'

/** Types whose input looks a name up in the system catalogs, and so tells whether it is there. */
const lookUpTypes: ReadonlySet<string> = new Set([
  'regclass',
  'regcollation',
  'regconfig',
  'regdatabase',
  'regdictionary',
  'regnamespace',
  'regoper',
  'regoperator',
  'regproc',
  'regprocedure',
  'regrole',
  'regtype',
  'aclitem',
  // What may still become any of these.
  'unknown',
])

/** The schema of a dotted name, where it is the company's own, the shared one or none. @throws DBS-2202 */
function placeOf(parts: readonly string[], what: string, company: string): 'own' | 'shared' | 'builtin' | 'path' {
  const [schema, ...rest] = parts
  if (rest.length === 0) return 'path'
  if (rest.length === 1 && schema === `tenant_${company}`) return 'own'
  if (rest.length === 1 && schema === 'public') return 'shared'
  if (rest.length === 1 && schema === 'pg_catalog' && what !== 'relation') return 'builtin'
  throw refused(`the ${what} "${parts.join('.')}" is not one that the company may use`)
}

/** The relation that a name means, or null for that of a common table expression. @throws DBS-2202 */
export function resolveRelation(
  { catalogname, schemaname, relname = '' }: RangeVar,
  { company, own, shared }: Surroundings,
  expressions: ReadonlySet<string>,
): NamedRelation | null {
  const parts = [catalogname, schemaname, relname].filter((part) => part !== undefined && part !== '') as string[]
  const place = placeOf(parts, 'relation', company)
  // pg_catalog comes first in every search_path, and all that it holds begins with pg_.
  const found = relname.startsWith('pg_')
    ? undefined
    : ((place === 'shared' ? undefined : own.get(relname)) ?? (place === 'own' ? undefined : shared.get(relname)))
  if (found !== undefined) return found
  if (place === 'path' && expressions.has(relname) && !relname.startsWith('pg_')) return null
  throw refused(`the relation "${parts.join('.')}" is not one that the company may use`)
}

/** @throws DBS-2202 */
export function requireType(parts: readonly string[], { company }: Surroundings): void {
  placeOf(parts, 'type', company)
  const name = parts.at(-1) ?? ''
  if (lookUpTypes.has(name.replace(/^_/, '')) || name.startsWith('pg_'))
    throw refused(`the type ${name} is not allowed`)
}

/** @throws DBS-2202 */
export function requireBuiltIn(parts: readonly string[], what: 'operator' | 'collation'): void {
  if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog')) {
    throw refused(`the ${what} "${parts.join('.')}" is not one of PostgreSQL's own`)
  }
}

/** What its result depends on, of all that may be meant; only a company's own function is volatile, as it may change rows. @throws DBS-2202 */
export function resolveFunction(
  parts: readonly string[],
  surroundings: Surroundings,
  known: { readonly pure: ReadonlySet<string>; readonly varying: ReadonlySet<string> },
): Volatility {
  const name = parts.at(-1) ?? ''
  const place = placeOf(parts, 'function', surroundings.company)
  const found: Volatility[] = []
  if (place === 'path' || place === 'builtin') {
    if (known.pure.has(name)) found.push('immutable')
    if (known.varying.has(name)) found.push('stable')
  }
  // Beside PostgreSQL's own of that name too: the server may be one that does not have it yet, or the arguments may be others.
  const own = place === 'builtin' || name.startsWith('pg_') ? undefined : surroundings.functions.get(name)
  if (own !== undefined) found.push(own)
  const [least] = found.toSorted((a, b) => unsettled.indexOf(b) - unsettled.indexOf(a))
  if (least === undefined) throw refused(`the function ${parts.join('.')} is not allowed`)
  return least
}

const unsettled: readonly Volatility[] = ['immutable', 'stable', 'volatile']

import { nearest } from '../../config/nearest.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Check } from './check.ts'

/**
 * The checks named, with those they rest on, in the order they run; all where none is named.
 * @throws DBS-1903 for a name that no check has
 */
export function selectChecks(checks: readonly Check[], names: readonly string[]): readonly Check[] {
  if (names.length === 0) return checks
  const byId = new Map(checks.map((check) => [check.id, check]))
  const wanted = new Set<Check>()
  const want = (name: string): void => {
    const check = byId.get(name)
    if (check === undefined) throw DbsvcError.of('DBS-1903', { reason: unknown(name, [...byId.keys()]) })
    wanted.add(check)
    if (check.needs !== undefined) want(check.needs)
  }
  names.forEach(want)
  return checks.filter((check) => wanted.has(check))
}

function unknown(name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  return `no check is called ${name}; ${meant === null ? `there are ${known.join(', ')}` : `did you mean ${meant}?`}`
}

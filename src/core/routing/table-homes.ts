import type { EngineName } from '../engine.ts'
import type { TableHomes } from './route.ts'

const created =
  /\bcreate\s+(?:unlogged\s+|foreign\s+)?(?:table|(?:materialized\s+)?view|dictionary)\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?["`]?(\w+)/gi

/**
 * Which tables one engine alone has, as its migrations create them: a name that several have tells nothing of where a statement
 * belongs, and stays with PostgreSQL.
 * @param migrations texts of each engine's migrations
 */
export function tableHomes(migrations: ReadonlyMap<EngineName, readonly string[]>): TableHomes {
  const homes = new Map<string, EngineName | null>()
  for (const [engine, texts] of migrations) {
    for (const text of texts) {
      for (const [, name = ''] of text.matchAll(created)) {
        const home = homes.get(name.toLowerCase())
        homes.set(name.toLowerCase(), home === undefined || home === engine ? engine : null)
      }
    }
  }
  return new Map([...homes].flatMap(([name, engine]) => (engine === null ? [] : [[name, engine] as const])))
}

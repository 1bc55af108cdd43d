import type { EngineName } from '../engine.ts'
import { DbsvcError } from '../errors/error.ts'
import { type Category, categories, categoryOf } from './category.ts'
import { tablesNamed, withoutLiterals } from './tables-named.ts'

/** What of a request says where it belongs. */
export interface Asked {
  readonly database: EngineName | null
  readonly category: Category | null
  readonly text: string
}

export interface Route {
  readonly engine: EngineName
  readonly category: Category
}

/** Tables that one engine alone has, by name. */
export type TableHomes = ReadonlyMap<string, EngineName>

const trading: Route = { engine: 'postgres', category: 'A' }

/**
 * Where a request belongs: to the database that it names, or that of its category, or the one whose language or whose tables its
 * statement speaks of; PostgreSQL where nothing tells.
 * @throws DBS-2341 the database that it names does not serve the category that it names
 */
export function routeOf({ database, category, text }: Asked, homes: TableHomes): Route {
  if (database !== null) {
    const own = categoryOf(database)
    if (category !== null && category !== own) {
      throw DbsvcError.of('DBS-2341', { database, category, serves: categories[category].engines })
    }
    return { engine: database, category: own }
  }
  if (category !== null) return { engine: categories[category].engine, category }
  const engine = engineOfStatement(text, homes)
  return engine === null ? trading : { engine, category: categoryOf(engine) }
}

// Each is of one language alone: ClickHouse's typed parameters and PREWHERE, AQL's loop, a GraphQL query.
const languages: readonly (readonly [RegExp, EngineName])[] = [
  [/\{\s*\w+\s*:\s*[A-Z]\w*[^{}]*\}|\bprewhere\b/i, 'clickhouse'],
  [/^\s*for\s+\w+(?:\s*,\s*\w+)*\s+in\s/i, 'arango'],
  [/^\s*\{\s*(?:get|aggregate)\s*[{(]/i, 'weaviate'],
]

function engineOfStatement(text: string, homes: TableHomes): EngineName | null {
  const said = withoutLiterals(text)
  for (const [language, engine] of languages) if (language.test(said)) return engine
  if (homes.size === 0) return null
  for (const table of tablesNamed(said)) {
    const home = homes.get(table)
    if (home !== undefined) return home
  }
  return null
}

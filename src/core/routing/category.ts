import { type EngineName, engineNames } from '../engine.ts'

/** What a query is for: A trading, B analytics, C vector similarity, D relationships. Source: the specification's query categories. */
export type Category = 'A' | 'B' | 'C' | 'D'

interface CategoryTerms {
  /** Answers where no database is named. */
  readonly engine: EngineName
  /** All that may be named with it. */
  readonly engines: readonly EngineName[]
  /** How long the whole response may take, in milliseconds. */
  readonly targetMs: number
}

export const categories: Readonly<Record<Category, CategoryTerms>> = {
  A: { engine: 'postgres', engines: ['postgres', 'dragonfly'], targetMs: 2 },
  B: { engine: 'clickhouse', engines: ['clickhouse'], targetMs: 100 },
  C: { engine: 'weaviate', engines: ['weaviate'], targetMs: 50 },
  D: { engine: 'arango', engines: ['arango'], targetMs: 200 },
}

export const categoryNames = Object.keys(categories) as readonly Category[]

const byEngine = new Map(
  engineNames.map((engine) => [engine, categoryNames.find((name) => categories[name].engines.includes(engine))]),
)

/** The category that an engine serves. */
export function categoryOf(engine: EngineName): Category {
  const category = byEngine.get(engine)
  if (category === undefined) throw new Error(`${engine} has no category`)
  return category
}

import type { EngineName } from '../engine.ts'

/** What a query is for: A trading, B analytics, C vector similarity, D relationships. Source: the specification's query categories. */
export type Category = 'A' | 'B' | 'C' | 'D'

/** The engine that serves a category, and how long the whole response may take, in milliseconds. */
export const categories: Readonly<Record<Category, { readonly engine: EngineName; readonly targetMs: number }>> = {
  A: { engine: 'postgres', targetMs: 2 },
  B: { engine: 'clickhouse', targetMs: 100 },
  C: { engine: 'weaviate', targetMs: 50 },
  D: { engine: 'arango', targetMs: 200 },
}

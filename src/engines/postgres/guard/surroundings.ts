/** What a company may name in a statement, beside what PostgreSQL has built in. */
export interface Surroundings {
  readonly company: string
  /** Relations of the company's own schema, by name. */
  readonly own: ReadonlyMap<string, NamedRelation>
  /** Relations of `public` that the shared role may use. */
  readonly shared: ReadonlyMap<string, NamedRelation>
  /** Functions of both schemas that migrations made, by name; of several of a name the least settled. */
  readonly functions: ReadonlyMap<string, Volatility>
}

/** PostgreSQL's: what a function's result depends on, and whether it may change rows. */
export type Volatility = 'immutable' | 'stable' | 'volatile'

export interface NamedRelation {
  /** `users`, or `public.market_data`. */
  readonly tag: string
  /** A view of the company's migrations: which tables are below it is not known, so its rows are not cached. */
  readonly opaque: boolean
  /** Tags of relations that foreign keys change along with it. */
  readonly along: readonly string[]
  /** Whether triggers of migrations, or rules, may change other relations along with it, or with one of those. */
  readonly triggers: boolean
}

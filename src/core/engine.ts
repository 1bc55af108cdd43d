export const engineNames = ['postgres', 'clickhouse', 'dragonfly', 'weaviate', 'arango'] as const

export type EngineName = (typeof engineNames)[number]

/** As the specification writes them in what the service answers. */
export const specifiedNames = {
  postgres: 'postgresql',
  clickhouse: 'clickhouse',
  dragonfly: 'dragonflydb',
  weaviate: 'weaviate',
  arango: 'arangodb',
} as const satisfies Record<EngineName, string>

/** The engine that holds the ledger; it is meant where none is named. */
export const ledgerEngine = 'postgres' satisfies EngineName

/** Such as `company_abc in clickhouse`. */
export const inEngine = (name: string, engine: string): string =>
  engine === ledgerEngine ? name : `${name} in ${engine}`

/** Such as `clickhouse tenant 0001_events`. */
export const ofEngine = (engine: string, name: string): string => (engine === ledgerEngine ? name : `${engine} ${name}`)

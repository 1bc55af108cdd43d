/** An engine that no other test sees, so that it can be unplugged, and looked at without dbsvc. */
export interface OwnEngine {
  readonly name: 'clickhouse' | 'dragonfly' | 'weaviate' | 'arango'
  /** As errors name it. */
  readonly title: string
  readonly port: number
  /** Its section of the configuration, at this port. */
  config(port: number): object
  /** None of these may be printed. */
  readonly secrets: readonly string[]
  /** Content by path under migrations/: what a company begins with, and what comes later. */
  readonly migrations: Readonly<Record<string, string>>
  readonly later: Readonly<Record<string, string>>
  /**
   * What the engine's own client sees of a company, without what is this company's alone, so that two companies can be compared;
   * null where nothing of it is there.
   */
  look(company: string): Promise<unknown>
  /** Takes away the company's place behind dbsvc's back. */
  remove(company: string): Promise<void>
  stop(): Promise<void>
}

import type { Database } from './database.ts'

/** A way to make companies and to migrate them. Each begins without a connection. */
export interface Contender {
  readonly name: string
  /** For the printed configuration. */
  readonly description: string
  readonly database: Database
  /** Creates the companies, with the shipped tenant migrations. */
  provision(companies: readonly string[]): Promise<void>
  /** Brings one more migration to the companies. */
  rollOut(companies: readonly string[]): Promise<void>
}

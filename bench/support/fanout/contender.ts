import type { Database } from '../database.ts'

/** A way to make companies and to migrate them. Each begins without a connection. */
export interface Contender {
  readonly name: string
  /** For the printed configuration. */
  readonly description: string
  readonly database: Database
  /** How many of the companies it is given: 1 is all, less is for the slow ones. */
  readonly share: number
  /** Creates the companies, with the shipped tenant migrations. */
  provision(companies: readonly string[]): Promise<void>
  /** Brings one more migration to the companies. */
  rollOut(companies: readonly string[]): Promise<void>
}

/** The contender's share of the companies, at least one of them. */
export function shareOf<Company>({ share }: Contender, companies: readonly Company[]): readonly Company[] {
  return companies.slice(0, Math.ceil(companies.length * share))
}

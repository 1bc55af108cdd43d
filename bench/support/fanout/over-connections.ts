import type { Client } from 'pg'
import { type Database, withClient } from '../database.ts'

export interface Shape {
  readonly connections: number
  /** Companies that one call of the work takes on. */
  readonly batchSize: number
}

/** Several connections take batches of companies from one queue until it is empty. */
export async function overConnections(
  database: Database,
  { connections, batchSize }: Shape,
  companies: readonly string[],
  work: (client: Client, batch: readonly string[]) => Promise<void>,
): Promise<void> {
  let next = 0
  const take = (): readonly string[] => {
    const batch = companies.slice(next, next + batchSize)
    next += batchSize
    return batch
  }
  const drain = async (client: Client): Promise<void> => {
    for (let batch = take(); batch.length > 0; batch = take()) await work(client, batch)
  }
  await Promise.all(Array.from({ length: connections }, () => withClient(database, drain)))
}

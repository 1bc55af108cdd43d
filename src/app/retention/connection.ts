import type pg from 'pg'
import { applicationName, connectAdmin, type PostgresConfig } from '../../engines/postgres/connection.ts'

// A session keeps the catalogue entries of every table that it has touched.
const seriesPerSession = 1_000

/** A connection that is replaced before it has touched too much. */
export class UpkeepConnection {
  readonly #config: PostgresConfig
  readonly #command: string
  #client: pg.Client
  #served = 0

  private constructor(config: PostgresConfig, command: string, client: pg.Client) {
    this.#config = config
    this.#command = command
    this.#client = client
  }

  static async open(config: PostgresConfig, command: string): Promise<UpkeepConnection> {
    return new UpkeepConnection(config, command, await connectAdmin(config, applicationName(command)))
  }

  async forNext(): Promise<pg.Client> {
    this.#served += 1
    if (this.#served <= seriesPerSession) return this.#client
    const next = await connectAdmin(this.#config, applicationName(this.#command))
    await this.close()
    this.#client = next
    this.#served = 1
    return next
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }
}

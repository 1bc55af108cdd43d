import type { Database } from 'arangojs'
import { trustAuthorities } from '../../authorities.ts'
import { systemDatabase } from '../names.ts'
import { ArangoDatabase } from './database.ts'

// More than the driver's 3, so that a request that hangs does not hold up the others.
const mostRequests = 16

export interface ServerOptions {
  readonly url: string
  readonly user: string
  readonly password: string
  /** File with the authority that vouches for the server. */
  readonly ca?: string | undefined
}

/** A server, as one user reaches it. */
export class ArangoServer {
  /** host:port */
  readonly place: string
  readonly user: string
  private readonly url: string
  private readonly driver: Database
  private readonly create: (options: ServerOptions) => Database

  private constructor({ url, user, password }: ServerOptions, create: (options: ServerOptions) => Database) {
    this.url = url
    this.user = user
    this.place = new URL(url).host
    this.create = create
    this.driver = create({ url, user, password })
  }

  /** Loads the driver; sends nothing yet. @throws DBS-1003 */
  static async open(options: ServerOptions): Promise<ArangoServer> {
    await trustAuthorities(options.ca)
    const { Database: Driver } = await import('arangojs')
    return new ArangoServer(
      options,
      ({ url, user, password }) =>
        new Driver({
          // Without user and password, which the driver would print with the URL.
          url: new URL(url).origin + new URL(url).pathname,
          // The driver's own encoding fails for a password with letters beyond Latin-1.
          fetchOptions: {
            headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
          },
          poolSize: mostRequests,
          // Of what is repeated, dbsvc decides (retry.ts).
          maxRetries: false,
        }),
    )
  }

  get system(): ArangoDatabase {
    return this.database(systemDatabase)
  }

  /** `signal` gives up what is under way when it is aborted. */
  database(name: string, signal?: AbortSignal): ArangoDatabase {
    return new ArangoDatabase(this.driver.database(name), this.place, this.user, signal)
  }

  /** The same server as another user reaches it. The caller closes it. */
  as(user: string, password: string): ArangoServer {
    return new ArangoServer({ url: this.url, user, password }, this.create)
  }

  close(): void {
    this.driver.close()
  }
}

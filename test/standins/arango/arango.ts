import { randomBytes } from 'node:crypto'
import { Database } from './database.ts'
import { fail } from './errors.ts'
import type { Json } from './json.ts'
import type { User } from './user.ts'

export interface ArangoOptions {
  readonly rootPassword: string
  /** How long a stream transaction may do nothing; ArangoDB's own default is 60 s. */
  readonly transactionIdleMs: number
  /** What `/_admin/options` says differently from the defaults. */
  readonly startupOptions?: Readonly<Record<string, Json>>
}

const everyCollection = (): User['collections'] => new Map([['*', new Map([['*', 'rw']])]])

/** The state of one server. */
export class Arango {
  readonly options: ArangoOptions
  readonly databases = new Map<string, Database>()
  readonly users = new Map<string, User>()
  tokenSecret = randomBytes(32)
  readonly startedMs = Date.now()
  lastId = 1000

  constructor(options: ArangoOptions) {
    this.options = options
    this.createDatabase('_system')
    const grants = new Map([
      ['_system', 'rw'],
      ['*', 'rw'],
    ] as const)
    this.users.set('root', {
      name: 'root',
      password: options.rootPassword,
      active: true,
      extra: {},
      grants,
      collections: everyCollection(),
    })
  }

  nextId(): string {
    this.lastId += 1
    return String(this.lastId)
  }

  createDatabase(name: string, id = this.nextId()): Database {
    const database = new Database(name, id)
    this.databases.set(name, database)
    return database
  }

  /** Throws 1228 where there is none. */
  database(name: string): Database {
    return this.databases.get(name) ?? fail(1228, `database not found: ${name}`)
  }

  /** Throws 1703 where there is none. */
  user(name: string): User {
    return this.users.get(name) ?? fail(1703, `user not found: ${name}`)
  }
}

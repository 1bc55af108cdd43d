import type { Redis } from 'ioredis'
import type { AclDialect } from './acl/rights.ts'
import { type Credentials, connectTo, describeEndpoint, type Endpoint } from './connection.ts'
import { userOf } from './names.ts'
import { readDialect, type ServerFacts } from './server.ts'

/** A connection of whoever may manage users, with what is known of its server. */
export interface Session {
  readonly client: Redis
  readonly endpoint: Endpoint
  readonly place: string
  /** Name of the administrator. */
  readonly user: string
  readonly server: ServerFacts
  readonly application: string
  readonly passwordOf: (company: string) => Promise<string>
  /** Asked once: what a server can do does not change while one is connected. */
  readonly dialect: () => Promise<AclDialect>
}

export function openSession(
  client: Redis,
  endpoint: Endpoint,
  who: Credentials,
  facts: Pick<Session, 'server' | 'application' | 'passwordOf'>,
): Session {
  let dialect: Promise<AclDialect> | undefined
  return {
    ...facts,
    client,
    endpoint,
    place: describeEndpoint(endpoint),
    user: who.user,
    dialect() {
      dialect ??= readDialect(client)
      return dialect
    },
  }
}

/** A connection as a company's own user. @throws DBS-1101, DBS-1102 */
export async function connectAsCompany(session: Session, company: string): Promise<Redis> {
  const password = await session.passwordOf(company)
  return connectTo(session.endpoint, { user: userOf(company), password }, session.application)
}

import type { Session } from '../app/session.ts'
import type { ContextPool } from '../engines/postgres/context/pool.ts'
import type { Authenticator } from './auth/authenticator.ts'
import { openKeyAuthenticator } from './auth/key-authenticator.ts'
import type { CompanyDirectory } from './context/company-directory.ts'
import { openCompanyDirectory } from './context/open-company-directory.ts'
import { openGuard } from './guard/open-guard.ts'
import { queryOperation } from './operations/query.ts'
import type { Pipeline } from './perform.ts'
import { openPostgresGateway } from './postgres/open-gateway.ts'

/** Everything that serves requests, behind whatever door they come by. */
export interface Router extends Pipeline {
  readonly authenticator: Authenticator
  readonly companies: CompanyDirectory
  readonly operations: Operations
  close(): Promise<void>
}

export type Operations = ReturnType<typeof operationsOf>

function operationsOf(pool: ContextPool) {
  const needs = { guard: openGuard(), postgres: openPostgresGateway(pool) }
  return {
    query: queryOperation(needs, 'query'),
    execute: queryOperation(needs, 'execute'),
  }
}

/** Opens the router on a connected cluster. */
export function openRouter({ client, loaded }: Session, pool: ContextPool): Router {
  const authenticator = openKeyAuthenticator(client, Date.now)
  const companies = openCompanyDirectory(client, loaded.config.tiers)
  return {
    authenticator,
    companies,
    operations: operationsOf(pool),
    async close() {
      await authenticator.close()
      await companies.close()
    },
  }
}

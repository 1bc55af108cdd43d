import { openSecretStore } from '../../config/secret-store.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { sslOf } from '../../engines/postgres/connection.ts'
import { openKeyRing } from '../../engines/postgres/context/open-key-ring.ts'
import { type ContextPool, openContextPool } from '../../engines/postgres/context/pool.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import { readServicePassword } from '../../engines/postgres/service-password.ts'
import type { Session } from '../session.ts'
import { limitsOf } from './limits.ts'

/** Opens the way that requests of companies take, with the secrets of this machine; closes it after the work. */
export async function withContextPool<Result>(
  session: Session,
  work: (pool: ContextPool) => Promise<Result>,
): Promise<Result> {
  const { postgres, context } = session.loaded.config
  const store = openSecretStore(session.project.secrets)
  const password = await readServicePassword(store, postgres.servicePassword)
  if (password === null) {
    throw DbsvcError.of('DBS-1003', {
      path: session.project.secrets,
      reason: 'it holds no password of database_service_role',
    })
  }
  const pool = openContextPool({
    host: postgres.host,
    port: postgres.port,
    database: postgres.database,
    password,
    ssl: await sslOf(postgres),
    max: 4,
    keyRing: await openKeyRing(store, clusterName),
    ttlMs: context.ttlMs,
    applicationName: `dbsvc ${session.command}`,
  })
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}

/** What a company's request may claim. The registry is read for each, so that a change of its limits holds from the next one on. @throws DBS-1203 */
export async function claimsOf(session: Session, id: string, mode: ContextClaims['mode']): Promise<ContextClaims> {
  const company = await getCompany(session.client, id)
  return { company: id, user: null, service: 'dbsvc', limits: limitsOf(session.loaded, company), mode }
}

import { DbsvcError } from '../../core/errors/error.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { sslOf } from '../../engines/postgres/connection.ts'
import { openKeyRing } from '../../engines/postgres/context/open-key-ring.ts'
import { type ContextPool, openContextPool } from '../../engines/postgres/context/pool.ts'
import type { ContextClaims } from '../../engines/postgres/context/token.ts'
import { readPassword, sharedLogin } from '../../engines/postgres/logins.ts'
import { clusterName } from '../../engines/postgres/migration/render.ts'
import type { Session } from '../session.ts'
import { limitsOf } from './limits.ts'

/** Opens the way that requests of companies take, with the secrets of this machine; closes it after the work. */
export async function withContextPool<Result>(
  session: Session,
  work: (pool: ContextPool) => Promise<Result>,
): Promise<Result> {
  const { postgres, context, server } = session.loaded.config
  const store = session.project.secretStore
  const password = await readPassword(store, sharedLogin, postgres)
  if (password === null) {
    throw DbsvcError.of('DBS-1606', {
      role: sharedLogin.role,
      setting: `postgres.${sharedLogin.setting}`,
      directory: session.project.secrets,
    })
  }
  const pool = openContextPool({
    host: postgres.host,
    port: postgres.port,
    database: postgres.database,
    password,
    ssl: await sslOf(postgres),
    ...server.pool,
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

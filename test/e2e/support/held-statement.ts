import type { Cluster } from '../../support/shipped-cluster.ts'

/** A statement of company_abc that PostgreSQL is at until it is let go on with, however long other things take. */
export interface HeldStatement {
  /** Has the mark in it. */
  readonly sql: string
  release(): Promise<void>
}

/** Lets company_abc wait for locks; a router that runs already may know otherwise for some seconds. */
export async function letWait(cluster: Cluster): Promise<void> {
  const limits = ['lockTimeoutMs=60000', 'statementTimeoutMs=60000']
  await cluster.dbsvc('tenant', 'set', 'company_abc', ...limits.flatMap((limit) => ['--limit', limit]))
}

/** For a company that `letWait` was called for. */
export async function holdStatement({ database }: Cluster, mark: string): Promise<HeldStatement> {
  const holder = await database.connect()
  await holder.query('begin; lock table tenant_company_abc.users in access exclusive mode')
  return { sql: `select count(*) from users where user_id <> '${mark}'`, release: () => holder.end() }
}

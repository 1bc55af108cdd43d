import { resolve } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { readAuthorities } from '../authorities.ts'
import type { Store, StoreContext } from '../store.ts'
import { concurrency } from './concurrency.ts'
import { openChdb } from './connection/chdb.ts'
import { openHttp } from './connection/http.ts'
import type { Session } from './connection/session.ts'
import { failureOf } from './failure.ts'
import { createStore } from './store.ts'

// The oldest release whose access control and system tables are the ones dbsvc uses.
const oldest = [24, 8] as const

/** @throws DBS-1101, DBS-1102, DBS-1103, DBS-1106 */
export async function connectStore({ config, application, passwordOf }: StoreContext): Promise<Store> {
  const session = await openSession(config, application)
  return createStore({
    session,
    cluster: config.clickhouse.cluster ?? null,
    hasAccessControl: hasAccessControl(session),
    passwordOf,
  })
}

/** chDB has one user, also behind HTTP. */
export const hasAccessControl = ({ kind }: Session): boolean => kind !== 'chDB'

/** @throws DBS-1101, DBS-1102, DBS-1103, DBS-1106 */
export async function openSession(config: Config, application: string): Promise<Session> {
  const session = await open(config, application)
  if (isTooOld(session.version)) {
    await session.close()
    const wanted = `${oldest.join('.')} or newer`
    throw DbsvcError.of('DBS-1103', { engine: 'ClickHouse', place: session.place, found: session.version, wanted })
  }
  return session
}

/** A server where both a URL and a folder are named. @throws DBS-1003 */
async function open(
  { clickhouse: { url, path, user, password = '', cluster, ca } }: Config,
  application: string,
): Promise<Session> {
  if (url === undefined) return openChdb(resolve(path ?? '.'))
  const authorities = ca === undefined ? [] : await readAuthorities(ca)
  const terms = { application, concurrency, cluster: cluster !== undefined }
  try {
    return await openHttp({ url, user, password, authorities, ...terms })
  } catch (error) {
    const place = new URL(url).host
    const failure = failureOf(error, { place, user })
    // Before anything was under way nothing can have been lost.
    if (failure.code !== 'DBS-1105') throw failure
    throw DbsvcError.of('DBS-1101', { engine: 'ClickHouse', place, reason: reasonOf(error) }, error)
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1])
}

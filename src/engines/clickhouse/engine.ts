import { resolve } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { Store, StoreContext, StoreEngine } from '../store.ts'
import { openChdb } from './connection/chdb.ts'
import { openHttp } from './connection/http.ts'
import type { Session } from './connection/session.ts'
import { failureOf } from './failure.ts'
import { compileMigrations } from './migration/compile.ts'
import { createStore } from './store.ts'

// A statement keeps several of the server's threads busy; more of them at once only wait for each other.
const concurrency = 4

// The oldest release whose access control and system tables are the ones dbsvc uses.
const oldest = [24, 8] as const

export const clickhouse: StoreEngine = {
  name: 'clickhouse',
  title: 'ClickHouse',
  capabilities: { place: 'database', migrations: true, provisionBatch: 1, concurrency },
  extensions: ['.sql'],
  placeIn,
  connect,
  compile: compileMigrations,
}

function placeIn({ clickhouse: { url, path } }: Config): string | null {
  if (url !== undefined) return new URL(url).host
  return path === undefined ? null : resolve(path)
}

async function connect({ config, application, passwordOf }: StoreContext): Promise<Store> {
  const session = await open(config, application)
  if (isTooOld(session.version)) {
    await session.close()
    const wanted = `${oldest.join('.')} or newer`
    throw DbsvcError.of('DBS-1103', { engine: 'ClickHouse', place: session.place, found: session.version, wanted })
  }
  const cluster = config.clickhouse.cluster ?? null
  return createStore({ session, cluster, hasAccessControl: session.kind !== 'chDB', passwordOf })
}

/** A server where both a URL and a folder are named. */
async function open(
  { clickhouse: { url, path, user, password = '', cluster } }: Config,
  application: string,
): Promise<Session> {
  if (url === undefined) return openChdb(resolve(path ?? '.'))
  try {
    return await openHttp({ url, user, password, application, concurrency, cluster: cluster !== undefined })
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

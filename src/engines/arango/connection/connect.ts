import { z } from 'zod'
import { DbsvcError } from '../../../core/errors/error.ts'
import type { StoreHealth } from '../../store.ts'
import { refusalBehind, title } from './failure.ts'
import { ArangoServer, type ServerOptions } from './server.ts'

/**
 * The first with everything that migrations may ask for (inverted indexes and search-alias views came with 3.10), and the oldest
 * that arangojs 10 speaks to.
 */
const oldest = [3, 11] as const

const versionAnswer = z.object({
  server: z.literal('arango'),
  version: z.string(),
  details: z.record(z.string(), z.string()).optional(),
})
const engineAnswer = z.object({ supports: z.object({ indexes: z.array(z.string()).optional() }).optional() })

const standInHeader = 'x-dbsvc-stand-in'

/** A server that answers, accepts the credentials and is new enough. @throws DBS-1101, DBS-1102, DBS-1103 */
export async function connectServer(options: ServerOptions): Promise<ArangoServer> {
  const server = await ArangoServer.open(options)
  const { version } = await askVersion(server).catch((error: unknown) => {
    server.close()
    // Nothing is under way yet; and what answers may be another web server, or one that is not ready.
    if (error instanceof DbsvcError && error.code !== 'DBS-1101' && !isFromArango(error)) {
      throw DbsvcError.of('DBS-1101', { engine: title, place: server.place, reason: error.message })
    }
    throw error
  })
  if (!isNewEnough(version)) {
    server.close()
    throw DbsvcError.of('DBS-1103', {
      engine: title,
      place: server.place,
      found: version,
      wanted: `${oldest.join('.')} or newer`,
    })
  }
  return server
}

/** Whether it was refused with a number of ArangoDB's own; credentials also with the status alone. */
function isFromArango(error: DbsvcError): boolean {
  const refusal = refusalBehind(error)
  return refusal !== undefined && (refusal.status === 401 || refusal.errorNum !== refusal.status)
}

export async function readHealth(server: ArangoServer): Promise<StoreHealth> {
  const { version, isStandIn } = await askVersion(server)
  const { supports } = await server.system.send({ path: '/_api/engine' }, engineAnswer)
  const missing = ['persistent', 'ttl', 'geo', 'inverted'].filter(
    (type) => !(supports?.indexes?.includes(type) ?? true),
  )
  return {
    version,
    kind: isStandIn ? 'stand-in' : null,
    lacks: missing.map((type) => `${type} indexes`),
    separates: true,
  }
}

async function askVersion(server: ArangoServer): Promise<{ version: string; isStandIn: boolean }> {
  const request = { path: '/_api/version', query: { details: true }, timeoutMs: 10_000 }
  const { version, details } = await server.system.send(request, versionAnswer)
  if (details?.['stand-in'] !== undefined) return { version, isStandIn: true }
  const { header } = await server.system.fetch(request)
  return { version, isStandIn: header(standInHeader) !== null }
}

/** `3.12.5`, `3.12.0-rc.1`; whatever is no version is not new enough. */
export function isNewEnough(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? []
  const [oldestMajor, oldestMinor] = oldest
  return Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)
}

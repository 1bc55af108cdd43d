import type { Redis } from 'ioredis'
import { DbsvcError } from '../../core/errors/error.ts'
import { companyCommands } from './acl/commands.ts'
import type { AclDialect } from './acl/rights.ts'
import { readUser } from './acl/user.ts'

/** What a server says of itself under INFO. */
export interface ServerFacts {
  /** `DragonflyDB`, or what speaks its protocol: `Valkey`, `Redis`. */
  readonly product: string
  readonly version: string
  /** How many nodes share the keys; a server that only answers as a cluster would is one. */
  readonly nodes: number
}

// From here on users have channel patterns, and a user's connections are closed with its rights.
const oldest: Readonly<Record<string, readonly [number, number]>> = {
  DragonflyDB: [1, 22],
  Valkey: [7, 2],
  Redis: [7, 0],
}

/** A field of INFO, such as `used_memory`; undefined where this server does not have it. */
export const infoField = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]

export async function readServer(client: Redis): Promise<ServerFacts> {
  const info = await client.info()
  const [product, version] = productIn(info)
  return { product, version, nodes: infoField(info, 'cluster_enabled') === '1' ? await countNodes(client) : 1 }
}

async function countNodes(client: Redis): Promise<number> {
  return Number(infoField(String(await client.call('CLUSTER', 'INFO')), 'cluster_known_nodes') ?? 1)
}

/** DragonflyDB and Valkey say which version of Redis they are like besides. */
export function productIn(info: string): [product: string, version: string] {
  const dragonfly = infoField(info, 'dragonfly_version')
  // Such as `df-v1.40.1`.
  if (dragonfly !== undefined) return ['DragonflyDB', dragonfly.replace(/^\D+/, '')]
  const valkey = infoField(info, 'valkey_version')
  if (valkey !== undefined) return ['Valkey', valkey]
  return ['Redis', infoField(info, 'redis_version') ?? 'unknown']
}

/** @throws DBS-1103 for a server that cannot separate companies */
export function requireSupported({ product, version }: ServerFacts, place: string): void {
  const [major, minor] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = oldest[product] ?? [0, 0]
  const isKnown = major !== undefined && Number.isInteger(major)
  // A version without a number is one that somebody has built.
  if (!isKnown || major > wantedMajor || (major === wantedMajor && (minor ?? 0) >= wantedMinor)) return
  const wanted = Object.entries(oldest).map(([name, numbers]) => `${name} ${numbers.join('.')}`)
  throw DbsvcError.of('DBS-1103', {
    engine: product,
    place,
    found: version,
    wanted: `${wanted.join(', ')} or newer`,
  })
}

/** Asks the server which of a company's commands it has, and what its users have. */
export async function readDialect(client: Redis): Promise<AclDialect> {
  const names = Object.keys(companyCommands)
  const pipeline = client.pipeline()
  // One by one, since an unknown one among several is an error for some servers.
  for (const name of names) pipeline.call('COMMAND', 'INFO', name)
  const replies = (await pipeline.exec()) ?? []
  const commands = names.filter((_, at) => isDescribed(replies[at]?.[1]))
  const user = await readUser(client, 'default')
  return { commands, selectors: user !== null && user.selectors !== null }
}

const isDescribed = (reply: unknown): boolean => Array.isArray(reply) && Array.isArray(reply[0])

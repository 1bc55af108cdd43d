import type { EngineKind, EngineName } from './engine-findings.ts'

/** What a server given by URL says of itself. Throws when it does not answer: whoever gave it wants to know. */
export async function askVersion(name: EngineName, url: string): Promise<{ version: string; kind: EngineKind }> {
  switch (name) {
    case 'clickhouse':
    case 'clickhouse-server':
      return { version: await askClickhouse(url), kind: 'real' }
    case 'arango':
      return askArango(url)
    case 'weaviate':
      return { version: await askWeaviate(url), kind: 'real' }
    case 'valkey':
      return { version: await askValkey(url), kind: 'real' }
    case 'timescaledb':
      return { version: await askTimescale(url), kind: 'real' }
    default:
      throw new Error(`no ${name} can be given by URL`)
  }
}

async function askClickhouse(url: string): Promise<string> {
  const { username, password, origin } = new URL(url)
  const response = await fetch(`${origin}/?query=SELECT%20version()`, {
    headers: {
      'X-ClickHouse-User': decodeURIComponent(username) || 'default',
      'X-ClickHouse-Key': decodeURIComponent(password),
    },
  })
  if (!response.ok) throw new Error(`ClickHouse at ${origin} answers with ${response.status}`)
  return (await response.text()).trim()
}

async function askArango(url: string): Promise<{ version: string; kind: EngineKind }> {
  const { username, password, origin } = new URL(url)
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const response = await fetch(`${origin}/_api/version`, { headers: { authorization: `Basic ${credentials}` } })
  if (!response.ok) throw new Error(`ArangoDB at ${origin} answers with ${response.status}`)
  const { version } = (await response.json()) as { version: string }
  return { version, kind: response.headers.has('x-dbsvc-stand-in') ? 'stand-in' : 'real' }
}

async function askWeaviate(url: string): Promise<string> {
  const response = await fetch(new URL('/v1/meta', url))
  if (!response.ok) throw new Error(`Weaviate at ${new URL(url).origin} answers with ${response.status}`)
  return ((await response.json()) as { version: string }).version
}

/** DragonflyDB and Redis say what they are; the result is `1.2.3`, or `dragonfly 1.2.3`. */
async function askValkey(url: string): Promise<string> {
  const { Redis } = await import('ioredis')
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  try {
    await client.connect()
    const info = await client.info('server')
    const version = (product: string): string | undefined =>
      new RegExp(`^${product}_version:v?(\\S+)`, 'm').exec(info)?.[1]
    const dragonfly = version('dragonfly')
    if (dragonfly !== undefined) return `dragonfly ${dragonfly}`
    return version('valkey') ?? `redis ${version('redis')}`
  } finally {
    client.disconnect()
  }
}

/** What the server would install. Its URL names no database: tests make their own. */
async function askTimescale(url: string): Promise<string> {
  const { Client } = await import('pg')
  const client = new Client({ connectionString: new URL('/postgres', url).href })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>(
      `select default_version as version from pg_available_extensions where name = 'timescaledb'`,
    )
    const [found] = rows
    if (found === undefined) throw new Error(`the PostgreSQL at ${new URL(url).host} has no TimescaleDB`)
    return found.version
  } finally {
    await client.end()
  }
}

import type { Random } from './random.ts'
import { garbageSql } from './sql.ts'

/** One request, as bytes of its message. */
export interface Input {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly body: Buffer | null
  readonly contentType: string
}

/** Messages that are right, which are then broken; any other route gets an empty one. */
const messages: Readonly<Record<string, object>> = {
  '/v1/query': {
    sql: 'select $1',
    params: ['1'],
    database: 'postgresql',
    category: 'A',
    cache: { mode: 'on', ttl_ms: 5 },
    timeout_ms: 50,
  },
  '/v1/execute': { sql: 'update users set email = $1', params: ['a@example.org'], timeout_ms: 50 },
  '/v1/batch': { statements: [{ sql: 'select $1', params: [[1, null]] }, { sql: 'select 2' }], timeout_ms: 50 },
  '/v1/explain': { sql: 'select * from users where user_id = $1', params: ['u1'] },
  '/v1/multi': { postgresql: { query: 'select :a', params: { a: 1 } }, dragonflydb: { operation: 'get', key: 'k' } },
  '/v1/cache/get': { key: 'k' },
  '/v1/cache/get_many': { keys: ['k', 'l'] },
  '/v1/cache/set': { key: 'k', value: { a: [1.5] }, ttl_ms: 10 },
  '/v1/cache/delete': { keys: ['k'] },
  '/v1/cache/increment': { key: 'n', by: '1' },
  '/v1/vector/similarity_search': { class: 'TradingPatterns', vector: [0.1, 0.2], limit: 1 },
  '/v1/vector/insert': { class: 'TradingPatterns', objects: [{ properties: { name: 'a' }, vector: [0.1] }] },
  '/v1/vector/update': {
    class: 'TradingPatterns',
    object: { id: '0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10', properties: {} },
  },
  '/v1/vector/delete': { class: 'TradingPatterns', ids: ['0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10'] },
  '/v1/graph/query': { query: 'for u in @@users return u', bind_vars: { '@users': 'users' }, read_only: true },
  '/v1/graph/traverse': { start_vertex: 'users/u1', graph: 'user_network', direction: 'outbound', max_depth: 1 },
  '/v1/config/{config_key}': { config_value: { a: 1.0 } },
  '/v1/registry/services': { service: { service_host: '10.0.0.5', service_port: 9000, metadata: { zone: 'a' } } },
}

const strange: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\ud800',
  '\u202e',
  'a'.repeat(3_000),
  [],
  [[]],
  {},
  [null],
  { '': 0 },
  { ['__proto__']: { admin: true } },
  { constructor: { prototype: {} } },
  { $bytes: '*' },
  { $bytes: 'AA==' },
  { $json: [[[]]] },
  { toString: 1 },
  ["'", '"', '\\', '{', '}', null],
  'company_xyz',
  { company_id: 'company_xyz' },
  '1e309',
  '9'.repeat(400),
]

const noise = ['1e999', '-', 'NaN', '\u0000', '"\\ud800"', '/*', ']', '}', '{', ',', ':', '0x1', "'", '1'.repeat(500)]
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-protobuf',
  '',
  'application/json;;',
]

/** A request to a route, more or less broken. */
export function inputFor(route: string, random: Random): Input {
  const [method = '', template = ''] = route.split(' ')
  const path =
    template.replaceAll(/\{\w+\}/g, () => pathPart(random)) + (random.happens(0.1) ? `?${query(random)}` : '')
  const contentType = random.happens(0.02) ? random.one(types) : 'application/json'
  if (method === 'GET' || method === 'DELETE') return { route, method, path, body: null, contentType: '' }
  return { route, method, path, body: bodyOf(messages[template] ?? {}, random), contentType }
}

const pathPart = (random: Random): string =>
  random.one(['k', 'a.b', '%00', '%ff', '%2e%2e%2f', '%', 'x'.repeat(200), '%F0%9F%98%80', "'%3b--", '..%2fhealth'])

const query = (random: Random): string =>
  random.one([
    'prefix=%25',
    'prefix=a&prefix=b',
    'include_expired=maybe',
    '%ff=%ff',
    'prefix[]=1',
    '__proto__[a]=1',
    '&&&===',
  ])

function bodyOf(message: object, random: Random): Buffer {
  const changed = structuredClone(message)
  const changes = random.below(3)
  for (let change = 0; change < changes; change += 1) alter(changed as Record<string, unknown>, random)
  if ('sql' in changed && random.happens(0.5)) changed.sql = garbageSql(random)
  return breakText(JSON.stringify(changed), random)
}

/** Puts something strange somewhere, or a field where none belongs. */
function alter(value: Record<string, unknown>, random: Random): void {
  const keys = Object.keys(value)
  const key =
    keys.length === 0 || random.happens(0.1) ? random.one(['x', 'tenant', '__proto__', 'sql', '0']) : random.one(keys)
  // Not what it inherits: that would alter every object of the test.
  const inner = Object.hasOwn(value, key) ? value[key] : undefined
  if (typeof inner === 'object' && inner !== null && random.happens(0.6))
    alter(inner as Record<string, unknown>, random)
  else if (random.happens(0.15)) delete value[key]
  else
    Object.defineProperty(value, key, {
      value: structuredClone(random.one(strange)),
      enumerable: true,
      configurable: true,
      writable: true,
    })
}

/** Breaks a text of JSON, mostly so that it is none any more. */
export function breakText(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text)
  switch (random.below(14)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length + 1))
    case 1:
    case 2: {
      const at = random.below(bytes.length + 1)
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.one(noise)), bytes.subarray(at)])
    }
    case 3: {
      // Mostly no UTF-8 any more.
      for (let flips = 1 + random.below(4); flips > 0; flips -= 1) bytes[random.below(bytes.length)] = random.below(256)
      return bytes
    }
    case 4:
      return random.happens(0.05) ? deep(random) : Buffer.from(`${text}${text}`)
    default:
      return bytes
  }
}

function deep(random: Random): Buffer {
  const depth = random.one([100, 2_000, 50_000])
  const open = random.one(['[', '{"a":', '{"params":[', '{"sql":['])
  return Buffer.from(open.repeat(depth) + (random.happens(0.5) ? (open.startsWith('[') ? ']' : '}').repeat(depth) : ''))
}

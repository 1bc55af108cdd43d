import { z } from 'zod'

const count = z.int().min(0)
const databases = z.enum(['postgresql', 'clickhouse', 'dragonflydb', 'weaviate', 'arangodb'])

const info = z.strictObject({
  request_id: z.string(),
  database: databases,
  category: z.enum(['A', 'B', 'C', 'D']),
  source: z.enum(['direct_connection', 'connection_pool', 'cached_response']),
  age_ms: z.number().nullable(),
  duration_ms: z.number(),
  replayed: z.boolean().optional(),
})

const table = {
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  row_count: count,
  command: z.string(),
}

const part = z.looseObject({
  status: z.enum(['succeeded', 'failed', 'skipped']),
  duration_ms: z.number(),
  error: z.looseObject({ code: z.string(), message: z.string() }).optional(),
})

const cached = z.strictObject({ found: z.boolean(), value: z.unknown(), ttl_ms: z.number() })
const found = z.looseObject({
  id: z.string(),
  properties: z.looseObject({}),
  certainty: z.number().nullable(),
  distance: z.number().nullable(),
  vector: z.array(z.number()).optional(),
})
const entry = z.strictObject({ config_key: z.string(), config_value: z.unknown(), updated_at: z.string() })
const service = z.strictObject({
  service_name: z.string(),
  service_host: z.string(),
  service_port: z.int(),
  health_endpoint: z.string().nullable(),
  status: z.string(),
  last_heartbeat: z.string(),
  metadata: z.unknown(),
})

/** What is answered where all went well. */
export const answers = {
  table: z.strictObject({ ...table, info }),
  batch: z.strictObject({ results: z.array(z.strictObject(table)), info }),
  plan: z.strictObject({
    plan: z.unknown(),
    advice: z.array(z.strictObject({ id: z.string(), message: z.string(), mend: z.string() })),
    info,
  }),
  multi: z.strictObject({
    results: z.partialRecord(databases, part),
    succeeded: z.boolean(),
    idempotency_key: z.string(),
    replayed: z.boolean(),
    info: info.pick({ request_id: true, duration_ms: true }),
  }),
  ingested: z.strictObject({ inserted: count, skipped: count, info }),
  cached,
  manyCached: z.strictObject({ entries: z.array(cached) }),
  stored: z.strictObject({ stored: z.boolean() }),
  deleted: z.strictObject({ deleted: count }),
  sum: z.strictObject({ value: z.string() }),
  objects: z.strictObject({ objects: z.array(found) }),
  ids: z.strictObject({ ids: z.array(z.string()) }),
  nothing: z.strictObject({}),
  results: z.strictObject({ results: z.array(z.unknown()), info }),
  entries: z.strictObject({ entries: z.array(entry) }),
  entry: z.strictObject({ entry }),
  removed: z.strictObject({ removed: z.boolean() }),
  registered: z.strictObject({ service, heartbeat_within_ms: count }),
  services: z.strictObject({ services: z.array(service) }),
  alive: z.strictObject({ heartbeat_within_ms: count }),
  state: z.strictObject({ status: z.string() }),
}

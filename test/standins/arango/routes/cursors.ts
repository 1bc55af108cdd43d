import { z } from 'zod'
import { runQuery } from '../aql/run.ts'
import type { Cursor } from '../cursor.ts'
import { fail } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'

const json = z.custom<Json>((value) => value !== undefined)

const shape = z.object({
  query: z.string().default(''),
  bindVars: z.record(z.string(), json).optional(),
  count: z.boolean().default(false),
  batchSize: z.int().min(1).default(1000),
  cache: z.boolean().optional(),
  memoryLimit: z.int().min(0).optional(),
  ttl: z.number().positive().default(30),
  options: z
    .looseObject({
      fullCount: z.boolean().default(false),
      maxRuntime: z.number().min(0).default(0),
      stream: z.boolean().optional(),
      failOnWarning: z.boolean().default(false),
      allowRetry: z.boolean().optional(),
      maxWarningCount: z.int().min(0).default(10),
    })
    .prefault({}),
})

export const cursors: readonly Route[] = [
  route('POST', '/_api/cursor', 'read', open),
  route('POST', '/_api/cursor/:id', 'read', (call) => nextBatch(call.database.cursors, find(call), 200)),
  route('DELETE', '/_api/cursor/:id', 'read', ({ database, ...call }) => {
    const cursor = find({ database, ...call })
    close(database.cursors, cursor)
    return ok({ id: cursor.id }, 202)
  }),
]

function open({ server, database, user, session, body }: Call): ReturnType<typeof ok> {
  const { query, bindVars, count, batchSize, ttl, options } = body(shape)
  const { rows, extra } = runQuery(session, { query, bindVars: bindVars ?? {}, ...options })
  const ttlMs = ttl * 1000
  const id = server.nextId()
  const cursor: Cursor = {
    id,
    user: user.name,
    rows,
    batchSize,
    count: count ? rows.length : null,
    extra,
    ttlMs,
    expiry: setTimeout(() => database.cursors.delete(id), ttlMs).unref(),
  }
  database.cursors.set(id, cursor)
  return nextBatch(database.cursors, cursor, 201)
}

function nextBatch(cursors: Map<string, Cursor>, cursor: Cursor, status: number): ReturnType<typeof ok> {
  const result = cursor.rows.slice(0, cursor.batchSize)
  cursor.rows = cursor.rows.slice(cursor.batchSize)
  const hasMore = cursor.rows.length > 0
  if (hasMore) cursor.expiry.refresh()
  else close(cursors, cursor)
  const body: JsonObject = { result, hasMore, cached: false, extra: cursor.extra }
  if (hasMore) body.id = cursor.id
  if (cursor.count !== null) body.count = cursor.count
  return ok(body, status)
}

function find({ database, user, param }: Call): Cursor {
  const cursor = database.cursors.get(param('id'))
  return cursor?.user === user.name ? cursor : fail(1600, 'cursor not found')
}

function close(cursors: Map<string, Cursor>, cursor: Cursor): void {
  clearTimeout(cursor.expiry)
  cursors.delete(cursor.id)
}

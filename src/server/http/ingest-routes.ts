import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Call } from '../call.ts'
import { bytesUncancelled } from '../listen/message.ts'
import type { IngestRequest, RowSource } from '../operations/ingest.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import { engineNamed } from './query-body.ts'
import { read } from './read.ts'
import { renderInfo } from './render.ts'
import { counted, rowsOfCsv, rowsOfJson, rowsOfLines } from './row-source.ts'

export const ingestTerms = z.strictObject({
  database: z.enum(['postgresql', 'clickhouse']).default('postgresql'),
  skip_duplicates: z.enum(['true', 'false']).default('false'),
  row_count: z
    .string()
    .regex(/^\d{1,15}$/, 'is no number of rows')
    .transform(Number)
    .optional(),
})

const streamed: Readonly<Record<string, (bytes: AsyncIterable<Buffer>) => Promise<RowSource>>> = {
  'application/x-ndjson': rowsOfLines,
  'text/csv': rowsOfCsv,
}

/** POST /v1/ingest/{table}: JSON, which is read whole, or NDJSON and CSV, which are read as the database takes them. */
export function addIngestRoutes(app: FastifyInstance, router: Router, callOf: (request: FastifyRequest) => Call): void {
  // In a scope of its own: no other address takes these.
  app.register(async (scope) => {
    scope.addContentTypeParser(Object.keys(streamed), (_request, payload, done) => done(null, payload))
    scope.post<{ Params: { readonly table: string } }>('/v1/ingest/:table', async (request) => {
      const { database, skip_duplicates, row_count } = read(ingestTerms, request.query)
      const asked: IngestRequest = {
        database: engineNamed(database),
        table: request.params.table,
        skipDuplicates: skip_duplicates === 'true',
        open: async () => counted(await sourceOf(request), row_count),
      }
      const { inserted, skipped, origin } = await perform(router, router.operations.ingest, callOf(request), asked)
      return { inserted, skipped, info: renderInfo(request, origin) }
    })
  })
}

async function sourceOf({ headers, body, raw }: FastifyRequest): Promise<RowSource> {
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  const readStream = streamed[type.trim().toLowerCase()]
  return readStream === undefined ? rowsOfJson(withoutKey(body)) : readStream(bytesUncancelled(raw))
}

function withoutKey(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { idempotency_key: _key, ...rest } = body as Record<string, unknown>
  return rest
}

import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StreamResponse } from '../operations/query-stream.ts'
import { columnsJson, rowWriter } from '../values/natural.ts'
import { compressStream } from './compression.ts'
import { httpFailureOf } from './failure.ts'
import { renderInfo } from './render.ts'

const type = 'application/x-ndjson'

export const wantsLines = ({ headers }: FastifyRequest): boolean => headers.accept?.includes(type) === true

/**
 * Sends `{"columns": …}`, a line for each row, and `{"end": …}`, as fast as they are taken. What goes wrong on the way is a last line
 * `{"error": …}`; without one of the two the response is not complete.
 */
export function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  { columns, pages, origin }: StreamResponse,
  onFault: (error: unknown, requestId: string) => void,
): FastifyReply {
  const write = rowWriter(columns)
  let rowCount = 0
  let begun = false
  let ended = false

  const nextLines = async (): Promise<string> => {
    if (!begun) {
      begun = true
      return `{"columns":${columnsJson(columns)}}\n`
    }
    try {
      const { done, value } = await pages.next()
      if (done !== true) {
        rowCount += value.length
        // An empty piece would be taken for nothing to read yet.
        return value.length === 0 ? nextLines() : value.map((row) => `${write(row)}\n`).join('')
      }
      ended = true
      return `${JSON.stringify({ end: { row_count: rowCount, info: renderInfo(request, origin) } })}\n`
    } catch (error) {
      ended = true
      const { http, error: told } = httpFailureOf(error, request.id)
      if (http === 500) onFault(error, request.id)
      return `${JSON.stringify({ error: { ...told.toJSON(), request_id: request.id } })}\n`
    }
  }

  const lines = new Readable({
    async read() {
      const text = await nextLines()
      this.push(text)
      if (ended) this.push(null)
    },
    destroy(error, done) {
      pages.return().then(
        () => done(error),
        () => done(error),
      )
    },
  })
  return reply.type(type).send(compressStream(request, reply, lines))
}

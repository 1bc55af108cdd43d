import { pipeline, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { constants, createGzip, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const compress = promisify(gzip)
// The fastest level takes most of the repetition out of rows; the others cost a router more than they save.
const options = { level: constants.Z_BEST_SPEED }

/** A shorter body fits in a packet or two as it is. */
const worthBytes = 8 * 1024

/** Compresses the larger bodies for callers that take gzip. */
export function addCompression(app: FastifyInstance): void {
  app.addHook('onSend', async ({ headers }, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < worthBytes) return payload
    reply.header('vary', 'accept-encoding')
    if (!takesGzip(headers['accept-encoding'])) return payload
    const compressed = await compress(payload, options)
    reply.header('content-encoding', 'gzip').header('content-length', compressed.length)
    return compressed
  })
}

/** Compresses a stream for callers that take gzip; what is written to it is sent on at once, at the pace of whoever reads it. */
export function compressStream({ headers }: FastifyRequest, reply: FastifyReply, stream: Readable): Readable {
  reply.header('vary', 'accept-encoding')
  if (!takesGzip(headers['accept-encoding'])) return stream
  reply.header('content-encoding', 'gzip')
  // Whichever of the two ends early ends the other.
  return pipeline(stream, createGzip({ ...options, flush: constants.Z_SYNC_FLUSH }), () => {})
}

/** Source: RFC 9110, section 12.5.3. */
export function takesGzip(accepted: string | string[] = ''): boolean {
  const weights = new Map(
    String(accepted)
      .toLowerCase()
      .split(',')
      .map((part) => {
        const [coding = '', weight = 'q=1'] = part.split(';').map((text) => text.trim())
        return [coding, Number(weight.replace(/^q=/, ''))] as const
      }),
  )
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
}

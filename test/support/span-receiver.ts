import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** A span, as it came over OTLP/HTTP. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** 2 is an error. */
  readonly status: number
}

export interface SpanReceiver {
  /** Of its OTLP endpoint. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Everything that was sent, as it came. */
  text(): string
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly Sent[] }[]
  }[]
}
type Attribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> }
type Sent = Omit<ReceivedSpan, 'attributes' | 'status'> & {
  readonly attributes: readonly Attribute[]
  readonly status?: { readonly code?: number }
}

/** Receives spans until the test file ends. Those of the resource stand among each span's attributes. */
export async function startSpanReceiver(): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = []
  let text = ''
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const body = Buffer.concat(pieces).toString()
    text += body
    for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans)
      for (const sent of scopeSpans.flatMap((scope) => scope.spans)) {
        const attributes = Object.fromEntries(
          [...resource.attributes, ...sent.attributes].map(({ key, value }) => [key, Object.values(value)[0]]),
        )
        spans.push({ ...sent, attributes, status: sent.status?.code ?? 0 })
      }
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans, text: () => text }
}

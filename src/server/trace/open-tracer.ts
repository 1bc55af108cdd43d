import type { Span } from '@opentelemetry/api'
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { ownVersion } from '../../own-version.ts'
import type { Note, SpanFacts, Tracer } from './tracer.ts'
import { noTracer } from './tracer.ts'

const exportTimeoutMs = 5_000

/** Exports spans over OTLP/HTTP where `server.tracing.endpoint` is set; nothing of OpenTelemetry is loaded otherwise. */
export async function openTracer({ endpoint, sampleRatio }: Config['server']['tracing']): Promise<Tracer> {
  if (endpoint === undefined) return noTracer
  const [api, sdk, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ])
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: exportTimeoutMs })
  const provider = new sdk.NodeTracerProvider({
    resource: resourceOf({ 'service.name': 'dbsvc', 'service.version': ownVersion() }),
    // Whoever sent a request has decided for all of its spans.
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(sampleRatio) }),
    // A receiver that is away costs memory for so many spans and no request anything.
    spanProcessors: [new sdk.BatchSpanProcessor(exporter, { maxQueueSize: 2_048, scheduledDelayMillis: 1_000 })],
  })
  provider.register()
  const tracer = api.trace.getTracer('dbsvc')

  const within = async <Result>(span: Span, work: (note: Note) => Promise<Result>): Promise<Result> => {
    try {
      return await work((facts) => void span.setAttributes(defined(facts)))
    } catch (error) {
      span.setStatus({ code: api.SpanStatusCode.ERROR })
      // Its message may have values of rows in it.
      span.setAttribute('error.type', error instanceof DbsvcError ? error.code : nameOf(error))
      throw error
    } finally {
      span.end()
    }
  }

  return {
    request(call, operation, work) {
      const { traceparent, tracestate } = call
      const parent = api.propagation.extract(api.ROOT_CONTEXT, { traceparent, tracestate })
      const options = {
        kind: api.SpanKind.SERVER,
        attributes: { 'dbsvc.operation': operation, 'dbsvc.request_id': call.requestId },
      }
      return tracer.startActiveSpan(`dbsvc ${operation}`, options, parent, (span) => within(span, work))
    },
    span: (name, facts, work) =>
      tracer.startActiveSpan(name, { attributes: defined(facts) }, (span) => within(span, work)),
    headers() {
      const carrier: Record<string, string> = {}
      api.propagation.inject(api.context.active(), carrier)
      return carrier
    },
    async close() {
      await provider.shutdown().catch(() => {})
    },
  }
}

const defined = (facts: Partial<SpanFacts>): SpanFacts => facts as SpanFacts

/** Such as `DatabaseError`, with its SQLSTATE. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && /^[\w-]{1,40}$/.test(code) ? code : error.name
}

type Resource = NonNullable<NodeTracerConfig['resource']>

function resourceOf(attributes: Record<string, string>): Resource {
  return {
    attributes,
    merge: (other) => resourceOf({ ...attributes, ...(other?.attributes as Record<string, string> | undefined) }),
    getRawAttributes: () => Object.entries(attributes),
  }
}

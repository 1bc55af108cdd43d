import type { Logger } from 'pino'
import type { ObservedRequest } from './observer.ts'

const levels = { ok: 'info', refused: 'warn', failed: 'error' } as const

// A header may hold anything; what cannot name a company is left out.
const companyId = /^[a-z][a-z0-9_]{0,47}$/

/**
 * One line a request: who asked what for whom, how it ended and what it took. Never what was asked with: neither statements nor
 * parameters nor credentials are known here.
 */
export function logRequest(log: Logger, { told, company, ...request }: ObservedRequest): void {
  // As many as somebody likes to send; the audit counts them.
  if (request.code === 'DBS-2103') return
  log[levels[request.outcome]](
    {
      request_id: request.requestId,
      service: request.service,
      company: company !== null && companyId.test(company) ? company : null,
      operation: request.operation,
      outcome: request.outcome,
      ...(request.code === null ? {} : { code: request.code }),
      ...told,
      duration_ms: rounded(request.durationMs),
      engine_ms: rounded(request.engineMs),
    },
    'request',
  )
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000

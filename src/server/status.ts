import { Code } from '@connectrpc/connect'
import type { ErrorCode } from '../core/errors/catalogue.ts'
import { ExitCode } from '../core/exit-codes.ts'

/** How an error is told over HTTP, and over gRPC and Connect. */
export interface Status {
  readonly http: number
  readonly rpc: Code
}

const statuses: Partial<Record<ErrorCode, Status>> = {
  'DBS-1101': { http: 503, rpc: Code.Unavailable },
  'DBS-1105': { http: 503, rpc: Code.Unavailable },
  'DBS-1203': { http: 404, rpc: Code.NotFound },
  'DBS-1206': { http: 403, rpc: Code.FailedPrecondition },
  'DBS-2020': { http: 504, rpc: Code.DeadlineExceeded },
  'DBS-2101': { http: 401, rpc: Code.Unauthenticated },
  'DBS-2102': { http: 403, rpc: Code.PermissionDenied },
  'DBS-2103': { http: 429, rpc: Code.ResourceExhausted },
  'DBS-2302': { http: 429, rpc: Code.ResourceExhausted },
  'DBS-2406': { http: 429, rpc: Code.ResourceExhausted },
  'DBS-2407': { http: 429, rpc: Code.ResourceExhausted },
  'DBS-2410': { http: 422, rpc: Code.FailedPrecondition },
  'DBS-2411': { http: 409, rpc: Code.Aborted },
  'DBS-2413': { http: 422, rpc: Code.ResourceExhausted },
  'DBS-2405': { http: 504, rpc: Code.DeadlineExceeded },
}

const byExit: Partial<Record<ExitCode, Status>> = {
  [ExitCode.Usage]: { http: 400, rpc: Code.InvalidArgument },
  [ExitCode.Refused]: { http: 403, rpc: Code.PermissionDenied },
  [ExitCode.NotFound]: { http: 404, rpc: Code.NotFound },
  [ExitCode.Engine]: { http: 503, rpc: Code.Unavailable },
  [ExitCode.Interrupted]: { http: 503, rpc: Code.Unavailable },
}

export function statusOf(code: ErrorCode, exit: ExitCode): Status {
  return statuses[code] ?? byExit[exit] ?? { http: 500, rpc: Code.Internal }
}

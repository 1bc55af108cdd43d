import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** Who calls `dbsvc serve`, and what its credential allows. */
export const accessErrors = {
  'DBS-2101': define<{ reason: string }>({
    exit: ExitCode.Refused,
    summary: 'The caller has not shown who it is.',
    message: ({ reason }) => `not authenticated: ${reason}`,
    hint: () => 'send Authorization: Bearer dbk_…; dbsvc service create makes a key',
  }),
  'DBS-2102': define<{ service: string; reason: string }>({
    exit: ExitCode.Refused,
    summary: "The caller's credential does not allow this.",
    message: ({ service, reason }) => `service ${service} may not do this: ${reason}`,
  }),
  'DBS-2103': define<{ retryAfterSeconds: number }>({
    exit: ExitCode.Refused,
    summary: 'Too many failed attempts to authenticate.',
    message: ({ retryAfterSeconds }) => `too many failed attempts; try again in ${retryAfterSeconds} s`,
  }),
}

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
  'DBS-2104': define<{ what: string; retryAfterSeconds: number }>({
    exit: ExitCode.Engine,
    summary: 'PostgreSQL does not answer, and nothing is known without it.',
    message: ({ what }) => `it cannot be told ${what}, as PostgreSQL does not answer`,
    hint: () => 'try again in a moment',
  }),
  'DBS-2105': define<{ reason: string; retryAfterSeconds: number }>({
    exit: ExitCode.Engine,
    summary: "The issuer's set of keys cannot be had.",
    message: ({ reason }) => `tokens cannot be verified, as the set of keys cannot be had: ${reason}`,
    hint: () => 'server.auth.jwt.jwksUrl or jwksFile says where it is',
  }),
  'DBS-2110': define<{ service: string }>({
    exit: ExitCode.Refused,
    summary: 'There is a service of that name already.',
    message: ({ service }) => `service ${service} exists already`,
    hint: () => 'dbsvc service list',
  }),
  'DBS-2111': define<{ keyId: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no API key of that id.',
    message: ({ keyId }) => `there is no API key ${keyId}`,
    hint: () => 'dbsvc service list',
  }),
  'DBS-2112': define<{ service: string }>({
    exit: ExitCode.NotFound,
    summary: 'There is no service of that name.',
    message: ({ service }) => `there is no service ${service}`,
    hint: () => 'dbsvc service list',
  }),
  'DBS-2113': define<{ service: string; keyId: string; endsAt: string | null }>({
    exit: ExitCode.Refused,
    summary: 'The service has two live keys already.',
    message: ({ service, keyId, endsAt }) =>
      `service ${service} has two live keys already; the older one, ${keyId}, ${endsAt === null ? 'does not end by itself' : `ends at ${endsAt}`}`,
    hint: ({ keyId }) => `once nobody uses it any more: dbsvc service revoke ${keyId}`,
  }),
  'DBS-2114': define<{ reason: string }>({
    exit: ExitCode.Usage,
    summary: 'A source network is no CIDR.',
    message: ({ reason }) => `a source network is wrong: ${reason}`,
    hint: () => 'such as --network 10.0.0.0/8 --network 2001:db8::/32',
  }),
  'DBS-2115': define<{ reason: string }>({
    exit: ExitCode.Usage,
    summary: "A certificate's identity cannot name the service.",
    message: ({ reason }) => `a certificate's identity cannot name the service: ${reason}`,
    hint: () => 'such as --certificate spiffe://example.org/billing or --certificate dns:billing.example.org',
  }),
}

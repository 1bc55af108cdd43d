import { sendRaw } from '../runner/raw-request.ts'
import { type Attempt, canary, type RouterMechanism, type RouterTechnique, sql } from '../runner/router-technique.ts'

const strictness: RouterMechanism = {
  name: 'reading HTTP/1.1 strictly',
  alterations: [
    {
      file: 'server/listen/open-listener.ts',
      from: 'headersTimeout: messageMs,',
      to: 'headersTimeout: messageMs, insecureHTTPParser: true,',
    },
  ],
}

const body = JSON.stringify({ sql })
const common = { secret: 'rows of the victim', refusal: /^HTTP\/1\.1 400/, mechanism: strictness, success: canary }

/** As the service sends them, which has looked at the attacker's lines one by one: none of them is a header for the victim. */
const withLines =
  (...lines: readonly string[]): Attempt =>
  ({ router }) =>
    sendRaw(
      router.port,
      [
        'POST /v1/query HTTP/1.1',
        'host: router',
        `authorization: Bearer ${router.key}`,
        'content-type: application/json',
        `content-length: ${body.length}`,
        ...lines,
      ],
      body,
    )

export const techniques: readonly RouterTechnique[] = [
  {
    ...common,
    name: 'write a header for another company so that one reader sees it',
    variants: {
      'behind a bare line feed': withLines('x-note: 1\nx-dbsvc-company: company_xyz'),
      'in a folded line': withLines('x-dbsvc-company:', ' company_xyz'),
      'in a line that is folded by a tab': withLines('x-dbsvc-company:', '\tcompany_xyz'),
    },
  },
]

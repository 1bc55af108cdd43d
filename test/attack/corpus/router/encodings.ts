import { sendRaw } from '../runner/raw-request.ts'
import {
  type Attempt,
  ask,
  canary,
  type RouterMechanism,
  type RouterTechnique,
  sql,
} from '../runner/router-technique.ts'

const strictBytes: RouterMechanism = {
  name: 'refusing messages that are no UTF-8',
  alterations: [{ file: 'server/http/json-body.ts', from: 'if (!isUtf8(bytes)) throw', to: 'if (false) throw' }],
}
const strictStatements: RouterMechanism = {
  name: 'refusing statements that are no Unicode',
  alterations: [{ file: 'engines/postgres/guard/read.ts', from: 'if (!text.isWellFormed())', to: 'if (text === "?")' }],
}
const strictParameters: RouterMechanism = {
  name: 'refusing parameters that are no Unicode',
  alterations: [{ file: 'server/values/parameter.ts', from: '&& !value.isWellFormed()', to: '&& value === "?"' }],
}
const strictUsers: RouterMechanism = {
  name: 'refusing users that are no Unicode',
  alterations: [{ file: 'engines/postgres/context/token.ts', from: '!name.isWellFormed() ||', to: '' }],
}
/** Taken away by a router that makes names alike, as file systems and browsers do. */
const exactNames: RouterMechanism = {
  name: 'taking names of companies as they are',
  alterations: [
    {
      file: 'server/context/resolve.ts',
      from: 'const { company: id, user: claimed, session } = call.tenant',
      to: `const { user: claimed, session } = call.tenant
  const id = call.tenant.company?.normalize('NFKD').replace(/[\\p{M}\\p{C}\\s]/gu, '').toLowerCase()
    .replaceAll('\\u0441', 'c').replaceAll('\\u0443', 'y').replaceAll('\\u03bf', 'o')`,
    },
  ],
}

/** What a lenient reader makes one character of: U+FFFD, as its bytes are shown here. */
const replaced = /ï¿½|\ufffd/

const post = (router: Parameters<Attempt>[0]['router'], path: string, message: Buffer): Promise<string> =>
  sendRaw(
    router.port,
    [
      `POST ${path} HTTP/1.1`,
      'host: router',
      `authorization: Bearer ${router.key}`,
      'content-type: application/json',
      'x-dbsvc-company: company_abc',
      `content-length: ${message.length}`,
      'connection: close',
    ],
    message,
  )

/** `#` in the message stands for the bytes. */
const withBytes =
  (hex: string, message: unknown, path = '/v1/query'): Attempt =>
  ({ router }) => {
    const [before = '', after = ''] = JSON.stringify(message).split('#')
    return post(router, path, Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]))
  }

const seen = `select $1::text as seen`
const places: Readonly<Record<string, readonly [message: unknown, path?: string]>> = {
  'in a statement': [{ sql: `select 'a#'` }],
  'in an identifier': [{ sql: 'select 1 as "a#"' }],
  'in a parameter': [{ sql: seen, params: ['#'] }],
  'in a list': [{ sql: 'select $1::text[]', params: [['a', '#']] }],
  'in the user': [{ sql: `select current_setting('app.current_user_id')`, tenant: { user_id: 'u#' } }],
  'in a batch': [{ statements: [{ sql: seen, params: ['#'] }] }, '/v1/batch'],
}
const forms: Readonly<Record<string, string>> = {
  'an overlong solidus': 'c0af',
  'an overlong quote of three bytes': 'e080a7',
  'an overlong NUL': 'c080',
  'a surrogate': 'eda080',
  'a pair of surrogates': 'eda0bdedb880',
  'a character that is cut off': 'e282',
  'a lone continuation': '80',
  'beyond U+10FFFF': 'f5808080',
  'a byte order mark of UTF-16': 'fffe',
  'Latin-1': 'e9',
}
const product = Object.entries(forms).flatMap(([form, hex], index) =>
  Object.entries(places)
    // Every form in a parameter, and every place with some of them.
    .filter(([place], at) => place === 'in a parameter' || at === index % Object.keys(places).length)
    .map(([place, [message, path]]) => [`${form} ${place}`, withBytes(hex, message, path)] as const),
)

const asJson =
  (message: unknown, path?: string): Attempt =>
  (attacker) =>
    ask(attacker, { body: message, ...(path === undefined ? {} : { path }) })

const names: Readonly<Record<string, string>> = {
  'in capitals': 'COMPANY_XYZ',
  'with one capital': 'company_Xyz',
  'in wide letters': 'ｃompany_xyz',
  'in mathematical letters': '𝐜ompany_xyz',
  'with a combining mark': 'company_xy\u0301z',
  'with a composed mark': 'company_xýz',
  'with a Cyrillic letter': 'сompany_xyz',
  'with a Greek letter': 'cοmpany_xyz',
  'with a blank behind': 'company_xyz ',
  'with a line end behind': 'company_xyz\n',
  'with a NUL behind': 'company_xyz\0',
  'with a joiner of no width': 'company_\u200dxyz',
  'with a byte order mark': '\ufeffcompany_xyz',
  'written from right to left': '\u202ecompany_xyz',
}

export const techniques: readonly RouterTechnique[] = [
  {
    name: 'be taken for another by bytes that are no UTF-8',
    secret: 'that different texts, users and keys become one',
    refusal: /^HTTP\/1\.1 400.*DBS-2001/s,
    mechanism: strictBytes,
    success: replaced,
    variants: Object.fromEntries(product),
  },
  {
    name: 'be taken for another by half a surrogate pair in a statement',
    secret: 'that different texts become one',
    refusal: /^400 .*DBS-2201/,
    mechanism: strictStatements,
    success: replaced,
    variants: {
      'the first half': asJson({ sql: `select 'a\ud83d'` }),
      'the second half': asJson({ sql: `select 'a\ude00'` }),
      'both in the wrong order': asJson({ sql: `select 'a\ude00\ud83d'` }),
      'in a comment': asJson({ sql: `select '\ufffd' /* \ud800 */` }),
    },
  },
  {
    name: 'be taken for another by half a surrogate pair in a parameter',
    secret: 'that different texts become one',
    refusal: /^400 /,
    mechanism: strictParameters,
    success: replaced,
    variants: {
      'by itself': asJson({ sql: seen, params: ['\ud83d'] }),
      'in a list': asJson({ sql: 'select $1::text[]', params: [['\ude00']] }),
      'in a batch': asJson({ statements: [{ sql: seen, params: ['x\ud800'] }] }, '/v1/batch'),
    },
  },
  {
    name: 'be taken for another by half a surrogate pair in the user',
    secret: 'rows of another user',
    refusal: /^403 .*DBS-1601/,
    mechanism: strictUsers,
    success: replaced,
    variants: {
      'in a query': asJson({ ...(places['in the user']?.[0] as object), tenant: { user_id: 'u\ud800' } }),
      'in a batch': asJson(
        { statements: [{ sql: `select current_setting('app.current_user_id')` }], tenant: { user_id: 'u\udfff' } },
        '/v1/batch',
      ),
    },
  },
  {
    name: "name the victim so that it is not recognised by a service that keeps the victim's name out",
    secret: 'rows of the victim',
    refusal: /^4\d\d .*DBS-(1201|1203|2001|2004)/,
    mechanism: exactNames,
    success: canary,
    variants: Object.fromEntries(
      Object.entries(names).map(([form, company_id]) => [
        form,
        (attacker) => ask(attacker, { headers: { 'x-dbsvc-company': '' }, body: { sql, tenant: { company_id } } }),
      ]),
    ),
  },
]

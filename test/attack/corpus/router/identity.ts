import { sendRaw } from '../runner/raw-request.ts'
import {
  type Attempt,
  ask,
  canary,
  type RouterMechanism,
  type RouterTechnique,
  sql,
} from '../runner/router-technique.ts'

export const grants: RouterMechanism = {
  name: 'the companies that a key is for',
  alterations: [
    {
      file: 'server/context/resolve.ts',
      from: 'if (grants.companies !== null && !grants.companies.has(id)) throw',
      to: 'if (grants.companies?.has(id) === false && id === "nobody") throw',
    },
  ],
}

const authentication: RouterMechanism = {
  name: 'finding out who calls',
  alterations: [
    {
      file: 'server/perform.ts',
      from: 'return await authenticator.authenticate(caller)',
      to: `return { name: 'anybody', credential: 'none', grants: { companies: null, engines: new Set(['postgres']),
        verbs: new Set(['read', 'write']), wholeCompany: true } }`,
    },
  ],
}

const network: RouterMechanism = {
  name: 'the address of the connection, whatever headers say',
  alterations: [
    { file: 'server/listen/client-address.ts', from: 'networksOf(trusted)', to: `networksOf(['0.0.0.0/0', '::/0'])` },
  ],
}

const victim = { 'x-dbsvc-company': 'company_xyz' }
const tenant = { company_id: 'company_xyz' }
const withOwnKey =
  (asked: Parameters<typeof ask>[1]): Attempt =>
  (attacker) =>
    ask(attacker, { key: attacker.ownKey, ...asked })

const body = JSON.stringify({ sql })
/** Without a credential that holds, in other words. */
const unknown =
  (path: string, ...lines: readonly string[]): Attempt =>
  ({ router }) =>
    sendRaw(
      router.port,
      [
        `POST ${path} HTTP/1.1`,
        'host: router',
        'content-type: application/json',
        `content-length: ${body.length}`,
        'x-dbsvc-company: company_xyz',
        ...lines,
      ],
      body,
    )

export const techniques: readonly RouterTechnique[] = [
  {
    name: 'name another company than the key is for',
    secret: 'rows of the victim',
    refusal: /DBS-2102/,
    mechanism: grants,
    success: canary,
    variants: {
      'by the header': withOwnKey({ headers: victim }),
      'by the message': withOwnKey({ headers: { 'x-dbsvc-company': '' }, body: { sql, tenant } }),
      'by both': withOwnKey({ headers: victim, body: { sql, tenant } }),
      'to execute': withOwnKey({ path: '/v1/execute', headers: victim }),
      'in a batch': withOwnKey({ path: '/v1/batch', headers: victim, body: { statements: [{ sql }] } }),
      'in a batch, by the message': withOwnKey({
        path: '/v1/batch',
        headers: { 'x-dbsvc-company': '' },
        body: { statements: [{ sql }], tenant },
      }),
      'in a batch over Connect': withOwnKey({
        path: '/dbsvc.v1.QueryService/Batch',
        headers: victim,
        body: { statements: [{ sql }], tenant: { companyId: 'company_xyz' } },
      }),
      'in an operation over several databases, by the message': withOwnKey({
        path: '/v1/multi',
        headers: { 'x-dbsvc-company': '' },
        body: { postgresql: { query: sql }, tenant },
      }),
      'row by row': withOwnKey({ headers: { ...victim, accept: 'application/x-ndjson' } }),
      'in an operation over several databases': withOwnKey({
        path: '/v1/multi',
        headers: victim,
        body: { postgresql: { query: sql } },
      }),
      'its configuration': withOwnKey({ path: '/v1/config', method: 'GET', headers: victim }),
      'an entry of its configuration': withOwnKey({ path: '/v1/config/plan', method: 'GET', headers: victim }),
      'over Connect': withOwnKey({ path: '/dbsvc.v1.QueryService/Query', headers: victim }),
    },
  },
  {
    name: 'come without a credential that holds',
    secret: 'rows of the victim',
    refusal: /^HTTP\/1\.1 401/,
    mechanism: authentication,
    success: canary,
    variants: {
      'without any': unknown('/v1/query'),
      'with one that is unknown': unknown('/v1/query', `authorization: Bearer dbk_${'A'.repeat(43)}`),
      'with an empty one': unknown('/v1/query', 'authorization: Bearer '),
      'with two': unknown('/v1/query', 'authorization: Bearer a', 'authorization: Bearer b'),
      'of another scheme': unknown('/v1/query', 'authorization: Basic eDp4'),
      'by a path in other letters': unknown('/%76%31/query'),
      'by a path that ends like an open one': unknown('/v1/query?/livez'),
      'by a path that goes back to it': unknown('/v1/query#/livez'),
      'by a whole URL': unknown('http://127.0.0.1/v1/query'),
      'with the key in the path': unknown(`/v1/query?authorization=Bearer%20dbk_${'A'.repeat(43)}`),
      'as if a proxy had looked': unknown('/v1/query', 'x-forwarded-user: admin', 'x-authenticated-service: admin'),
      'as if the path were another': unknown('/v1/query', 'x-original-url: /livez', 'x-rewrite-url: /livez'),
      'with the method in a header': unknown('/v1/query', 'x-http-method-override: GET'),
    },
  },
  {
    name: 'use a key from where it is not for',
    secret: 'rows of the victim',
    refusal: /DBS-2101/,
    mechanism: network,
    success: canary,
    variants: Object.fromEntries(
      ['10.0.0.1', '10.0.0.1, 10.0.0.2', ' 10.0.0.9', '::ffff:10.0.0.1'].map((address) => [
        `X-Forwarded-For: ${address}`,
        (attacker) => ask(attacker, { key: attacker.stolenKey, headers: { ...victim, 'x-forwarded-for': address } }),
      ]),
    ),
  },
]

import { sendRaw } from '../runner/raw-request.ts'
import { type Attempt, ask, type RouterMechanism, type RouterTechnique, sql } from '../runner/router-technique.ts'

const requestIds: RouterMechanism = {
  name: 'the form of request ids',
  alterations: [{ file: 'server/request-id.ts', from: 'wellFormed.test(given)', to: 'given.length > 0' }],
}
const order: RouterMechanism = {
  name: 'looking at the key before the company',
  alterations: [
    {
      file: 'server/context/resolve.ts',
      from: '  if (grants.companies !== null',
      to: '  await companies.find(id)\n  if (grants.companies !== null',
    },
  ],
}
const faults: RouterMechanism = {
  name: 'words of its own for what the parser says',
  alterations: [
    {
      file: 'server/http/json-body.ts',
      from: `malformed('the message is no JSON that can be read')`,
      to: 'malformed(String(error))',
    },
  ],
}

const own = (key: string): string[] => [
  'POST /v1/query HTTP/1.1',
  'host: router',
  'content-type: application/json',
  `authorization: Bearer ${key}`,
  'x-dbsvc-company: company_abc',
]
/** Whether there is such a company, told by a difference. */
const compare =
  (asked: Parameters<typeof ask>[1]): Attempt =>
  async (attacker) => {
    const of = async (company: string): Promise<string> => {
      const told = await ask(attacker, { key: attacker.ownKey, ...asked, headers: { 'x-dbsvc-company': company } })
      return told
        .replace(/"request_id":"[^"]*"|\["(?:x-request-id|date|content-length)","[^"]*"\]/g, '')
        .replaceAll(company, 'it')
    }
    const [there, nowhere] = [await of('company_xyz'), await of('company_nowhere')]
    return there === nowhere ? `${there} alike` : `different: ${there} ${nowhere}`
  }

export const techniques: readonly RouterTechnique[] = [
  {
    name: 'bring a request id that is more than an id',
    secret: "that others' logs and pages take it for their own words",
    refusal: /200/,
    mechanism: requestIds,
    success: /planted/,
    variants: Object.fromEntries(
      [
        'planted <script>',
        'planted"}',
        '../../planted/x',
        '$(planted)',
        '%0d%0aset-cookie: planted',
        `planted${'x'.repeat(200)}`,
      ].map((id) => [id.slice(0, 30), (attacker) => ask(attacker, { headers: { 'x-request-id': id } })] as const),
    ),
  },
  {
    name: 'find out by the refusal which companies there are',
    secret: 'that the victim is a customer',
    refusal: /alike$/,
    mechanism: order,
    success: /^different/,
    variants: {
      'of a query': compare({}),
      'of a batch': compare({ path: '/v1/batch', body: { statements: [{ sql }] } }),
      'of its configuration': compare({ path: '/v1/config', method: 'GET' }),
    },
  },
  {
    name: 'have a message quoted by the error',
    secret: 'what somebody else has sent, where logs and pages show errors',
    refusal: /DBS-2001/,
    mechanism: faults,
    success: /planted/,
    variants: {
      'no JSON': ({ router, ownKey }) => sendRaw(router.port, [...own(ownKey), 'content-length: 9'], 'planted!!'),
    },
  },
]

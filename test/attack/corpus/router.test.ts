import { beforeAll, describe, expect, test } from 'vitest'
import { newKey, startIssuer } from '../../support/jwks-server.ts'
import { grantsWith, startRouter } from '../../support/router.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'
import { techniques as ofEncodings } from './router/encodings.ts'
import { techniques as ofFraming, uncounted } from './router/framing.ts'
import { techniques as ofIdentity } from './router/identity.ts'
import { techniques as ofMessages } from './router/messages.ts'
import { techniques as ofSharedState } from './router/shared-state.ts'
import { techniques as ofStatements } from './router/statements.ts'
import { techniques as ofTokens } from './router/tokens.ts'
import { type Attacker, type Attempt, ask, canary, type RouterMechanism } from './runner/router-technique.ts'
import { tally } from './runner/tally.ts'

const routers = new Map<RouterMechanism, Promise<Attacker>>()
let cluster: Cluster
let attacker: Attacker

beforeAll(async () => {
  cluster = await createCluster()
  const insert = `insert into users (user_id, email, subscription_tier) values ($1::text, $1::text || '@x', 'free')`
  await cluster.as({ company: 'company_xyz' }, insert, ['canary'])
  for (const user of ['own', 'other_user']) await cluster.as({ company: 'company_abc' }, insert, [user])
  await cluster.database.query(
    `insert into tenant_configurations (company_id, config_key, config_value) values ('company_xyz', 'plan', '"canary"')`,
  )
  const keyFor = async (name: string, ...grants: readonly string[]) =>
    (await cluster.dbsvc('service', 'create', name, ...grantsWith(...grants), '--json')).json<{ key: string }>().key
  const issuerKey = await newKey('first', 'RS256')
  const known = {
    ownKey: await keyFor('own', '--company', 'company_abc'),
    stolenKey: await keyFor(
      'stolen',
      '--company',
      'company_xyz',
      '--network',
      '10.0.0.0/8',
      '--network',
      '::ffff:10.0.0.0/104',
    ),
    issuerKey,
    issuer: await startIssuer(issuerKey),
  }
  attacker = { ...known, router: await startRouter(cluster, { env: settingsFor(known) }) }
}, 300_000)

const settingsFor = ({ issuer }: Pick<Attacker, 'issuer'>) => ({
  DBSVC_SERVER_AUTH_JWT_ISSUER: issuer.issuer,
  DBSVC_SERVER_AUTH_JWT_AUDIENCE: 'dbsvc',
  DBSVC_SERVER_AUTH_JWT_JWKS_URL: issuer.jwksUrl,
  // None that is refused for being many.
  DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '100000',
})

/** What the attempt is told where the mechanism is missing. */
async function tellWithout(mechanism: RouterMechanism, attempt: Attempt): Promise<string> {
  const { alterations, functions } = mechanism
  if (functions !== undefined) return withFunctions(functions, () => attempt(attacker))
  const env = settingsFor(attacker)
  const open = async () => ({ ...attacker, router: await startRouter(cluster, { env, alterations }) })
  const opened = routers.get(mechanism) ?? open()
  routers.set(mechanism, opened)
  return attempt(await opened)
}

/** With other words in these functions of the database, which are put back. */
async function withFunctions(
  functions: NonNullable<RouterMechanism['functions']>,
  work: () => Promise<string>,
): Promise<string> {
  const sources: string[] = []
  try {
    for (const [signature, [from, to]] of Object.entries(functions)) {
      const found = `select pg_get_functiondef('${signature}'::regprocedure) as source`
      const [{ source } = { source: '' }] = await cluster.database.query<{ source: string }>(found)
      if (!source.includes(from)) throw new Error(`${signature} has no ${from}`)
      sources.push(source)
      await cluster.database.query(source.replaceAll(from, () => to))
    }
    return await work()
  } finally {
    for (const source of sources) await cluster.database.query(source)
  }
}

const families = {
  identity: ofIdentity,
  tokens: ofTokens,
  'shared state': ofSharedState,
  messages: ofMessages,
  framing: ofFraming,
  encodings: ofEncodings,
  statements: ofStatements,
}

describe.each(Object.entries(families))('the corpus of the router: %s', (family, techniques) => {
  describe.each(techniques)('$name', ({ refusal, mechanism, success, variants }) => {
    test.for(Object.entries(variants))('%s', ([, attempt], context) =>
      tally(context, { family, engine: 'router' }, async () => {
        const told = await attempt(attacker)
        expect(told).not.toMatch(canary)
        expect(told).not.toMatch(success)
        expect(told).toMatch(refusal)
        const honest = await ask(attacker, { key: attacker.ownKey })
        expect(honest).toMatch(/^200 .*"own"/)

        expect(await tellWithout(mechanism, attempt), `without ${mechanism.name}`).toMatch(success)
      }))
  })
})

describe('uncounted: framing that Node refuses', () => {
  test.each(Object.entries(uncounted))('%s', async (_variant, attempt) => {
    const told = await attempt(attacker)
    expect(told).not.toMatch(canary)
    expect(told).toMatch(/^HTTP\/1\.1 (400|501)/)
    expect(await ask(attacker, { key: attacker.ownKey })).toMatch(/^200 .*"own"/)
  })
})

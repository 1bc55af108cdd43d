import { randomUUID } from 'node:crypto'
import { type Attempt, ask, canary, type RouterMechanism, type RouterTechnique } from '../runner/router-technique.ts'

const cacheKey = (part: 'company' | 'user'): RouterMechanism => ({
  name: `${part} in the keys of the cache`,
  alterations: [
    {
      file: 'core/routing/cache-key.ts',
      from: 'JSON.stringify([company, user,',
      to: `JSON.stringify([${part === 'company' ? 'user' : 'company'},`,
    },
  ],
})
const functions = [
  'claim_idempotency_key(text, text, bigint)',
  'record_idempotent_response(text, text)',
  'recorded_response(text, text)',
]
const idempotencyKey: RouterMechanism = {
  name: 'company in idempotency keys',
  alterations: [],
  functions: Object.fromEntries(functions.map((name) => [`dbsvc.${name}`, ['field[4]', `'company_xyz'`] as const])),
}

const victim = { 'x-dbsvc-company': 'company_xyz' }
/** The victim asks first, and what it is told is kept; the attacker then asks for the same. */
const askAfter =
  (first: Record<string, string>, then: Record<string, string>, text = 'select user_id from users'): Attempt =>
  async (attacker) => {
    // Of its own, so that no other attempt has asked for it.
    const body = { sql: `${text} where user_id <> '${randomUUID()}'`, cache: { mode: 'on', ttl_ms: 30_000 } }
    await ask(attacker, { headers: first, body })
    return ask(attacker, { headers: then, body })
  }
const poison: Attempt = async (attacker) => {
  const body = {
    sql: `select user_id from users where user_id <> '${randomUUID()}'`,
    cache: { mode: 'on', ttl_ms: 30_000 },
  }
  await ask(attacker, { body })
  const told = await ask(attacker, { headers: victim, body })
  return told.includes('"own"') ? 'the victim is told what the attacker has' : 'ok 200'
}
/** The victim's write is recorded under a key; the attacker sends the same with the same key. */
const replay =
  (path: string, bodyOf: (id: string) => unknown): Attempt =>
  async (attacker) => {
    const id = randomUUID()
    const headers = { 'idempotency-key': randomUUID() }
    await ask(attacker, { path, headers: { ...headers, ...victim }, body: bodyOf(id) })
    return ask(attacker, { path, headers, body: bodyOf(id) })
  }
const count = `(select string_agg(user_id, ',') from users where user_id ~ '^canary')`
const insert = (id: string): string =>
  `insert into trading_signals (signal_id, symbol, signal_type) values ('${id}', 'x', 'buy') returning ${count}`

export const techniques: readonly RouterTechnique[] = [
  {
    name: "be told what another company's request left in the cache",
    secret: 'rows of the victim',
    refusal: /200/,
    mechanism: cacheKey('company'),
    success: canary,
    variants: {
      'by the same statement': askAfter(victim, {}),
      'by the same statement in brackets': askAfter(victim, {}, 'select user_id from (select user_id from users) x'),
    },
  },
  {
    name: 'leave something in the cache for another company',
    secret: 'what the victim is told',
    refusal: /^ok/,
    mechanism: cacheKey('company'),
    success: /the victim is told/,
    variants: { 'an answer of its own': poison },
  },
  {
    name: "be told what another user's request left in the cache",
    secret: 'rows of another user',
    refusal: /200/,
    mechanism: cacheKey('user'),
    success: /"other_user"/,
    variants: {
      'as another user': askAfter({ 'x-dbsvc-user': 'other_user' }, { 'x-dbsvc-user': 'own' }),
      'of the whole company, as a user': askAfter({}, { 'x-dbsvc-user': 'own' }),
    },
  },
  {
    name: "send a write again that was another company's",
    secret: 'what the victim was told',
    refusal: /200/,
    mechanism: idempotencyKey,
    success: canary,
    variants: {
      'to execute': replay('/v1/execute', (id) => ({ sql: insert(id) })),
      'in a batch': replay('/v1/batch', (id) => ({ statements: [{ sql: insert(id) }] })),
    },
  },
]

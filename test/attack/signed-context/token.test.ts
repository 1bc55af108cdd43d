import { createHmac } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { newSigningKey } from '../../../src/engines/postgres/context/token.ts'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let bare: Bare

beforeAll(async () => {
  setting = await createSetting()
  bare = await setting.bare()
})

const enter = (token: string | null): Promise<unknown> => bare.rows('select dbsvc.enter($1)', [token])

/** Signs a body of the test's own making with the real key. */
function signed(body: string): string {
  return `${body}.${createHmac('sha256', setting.keyRing.current().secret).update(body).digest('hex')}`
}
const edit = (change: (fields: string[]) => string[]): string => change(bare.token().split('.').slice(0, 13)).join('.')
const replace = (at: number, value: string): string =>
  edit((fields) => fields.map((field, index) => (index === at ? value : field)))

test('a token signed for this session is accepted', async () => {
  await bare.entered({ user: 'u.1|é' }, async () => {
    const [row] = await bare.rows('select dbsvc.current_company() as company, dbsvc.current_user_id() as user_id')
    expect(row).toEqual({ company: 'alpha', user_id: 'u.1|é' })
  })
})

describe('a token is refused', () => {
  const mac = (): string => bare.token().split('.')[13] ?? ''
  test.each<[string, () => string | null, string]>([
    ['null', () => null, 'missing'],
    ['empty', () => '', 'missing'],
    [
      'forged with another secret',
      () => bare.token({}, {}, { ...newSigningKey(), keyId: setting.keyRing.current().keyId }),
      'forged',
    ],
    ['with the company edited', () => `${replace(3, 'beta')}.${mac()}`, 'forged'],
    ['with a user edited in', () => `${replace(4, 'dTE')}.${mac()}`, 'forged'],
    ['with a limit edited', () => `${replace(6, '999999')}.${mac()}`, 'forged'],
    ['with read turned into write', () => `${bare.token({ mode: 'read' }).replace('.r.', '.w.')}`, 'forged'],
    ['with the expiry edited', () => `${replace(12, '9999999999999')}.${mac()}`, 'forged'],
    ['with its signature cut short', () => bare.token().slice(0, -1), 'forged'],
    [
      'with its signature in capitals',
      () => bare.token().replace(/[^.]*$/, (hex) => hex.toUpperCase().replace(/^\d+$/, 'X')),
      'forged',
    ],
    ['without a signature', () => edit((fields) => fields), 'malformed'],
    ['with an empty signature', () => `${edit((fields) => fields)}.`, 'forged'],
    ['with an extra field, though signed', () => signed(`${edit((fields) => fields)}.x`), 'malformed'],
    ['with a field less, though signed', () => signed(edit((fields) => fields.slice(0, 12))), 'malformed'],
    ['of another format, though signed', () => signed(replace(0, '2')), 'malformed'],
    ['of a key nobody has', () => bare.token({}, {}, newSigningKey()), 'key_unknown'],
    ['expired', () => bare.token({}, { expiresAtMs: Date.now() - 1_000 }), 'expired'],
    ['of another session', () => bare.token({}, { backendPid: bare.pid + 1 }), 'session'],
    ['of another database', () => bare.token({}, { database: 'postgres' }), 'database'],
    [
      'of a database whose name begins alike',
      () => bare.token({}, { database: `${setting.database.database}x` }),
      'database',
    ],
  ])('%s', async (_, token, reason) => {
    expect(await refusal(enter(token()))).toMatchObject({ code: '42501', constraint: `dbsvc_context_${reason}` })
    expect(await bare.rows('select dbsvc.enter($1)', [bare.token()])).toHaveLength(1)
  })

  test('of a company that does not exist', async () => {
    expect(await refusal(enter(bare.token({ company: 'nobody' })))).toMatchObject({
      constraint: 'dbsvc_company_unknown',
    })
  })

  test('when it is set by hand and not by dbsvc.enter', async () => {
    await bare.client.query('begin')
    await bare.client.query(`set local app.context = '${bare.token().replace('alpha', 'beta')}'`)
    expect(await refusal(bare.rows('select dbsvc.current_company()'))).toMatchObject({
      constraint: 'dbsvc_context_forged',
    })
    await bare.client.query('rollback')
  })

  test('once its key has retired', async () => {
    const key = newSigningKey()
    const { paddedKey } = await import('../../../src/engines/postgres/context/token.ts')
    const { inner, outer } = paddedKey(key.secret)
    await setting.database.query(
      `insert into dbsvc.context_keys (key_id, inner_pad, outer_pad, retires_at) values ($1, $2, $3, now() + interval '1 hour')`,
      [key.keyId, inner, outer],
    )
    expect(await bare.rows('select dbsvc.enter($1)', [bare.token({}, {}, key)])).toHaveLength(1)
    await setting.database.query('update dbsvc.context_keys set retires_at = now() where key_id = $1', [key.keyId])
    expect(await refusal(enter(bare.token({}, {}, key)))).toMatchObject({ constraint: 'dbsvc_context_key_unknown' })
  })
})

test('an expiry is that of the beginning of a transaction: what has begun may end', async () => {
  await bare.client.query('begin')
  await bare.client.query('select dbsvc.enter($1)', [bare.token({}, { expiresAtMs: Date.now() + 300 })])
  await bare.client.query('select pg_sleep(0.5)')
  expect(await bare.rows('select dbsvc.current_company() as company')).toEqual([{ company: 'alpha' }])
  await bare.client.query('commit')
})

test('user names that hold separators cannot shift fields', async () => {
  const users = ['a.b', 'a|b', '', 'beta', '..', "'; select 1", '=/+', '\u{1F600}'.repeat(60)]
  for (const user of users.filter((name) => name !== '')) {
    await bare.entered({ user }, async () => {
      const [row] = await bare.rows('select dbsvc.current_company() as company, dbsvc.current_user_id() as user_id')
      expect(row).toEqual({ company: 'alpha', user_id: user })
    })
  }
})

test('a token that was read is of no use on another connection', async () => {
  const other = await setting.bare()
  expect(await refusal(other.rows('select dbsvc.enter($1)', [bare.token()]))).toMatchObject({
    constraint: 'dbsvc_context_session',
  })
})

test('keys and the functions behind dbsvc.enter are out of reach', async () => {
  for (const sql of [
    'select * from dbsvc.context_keys',
    'select * from dbsvc.companies',
    'update dbsvc.companies set state = state',
    `select dbsvc.verify('x', true)`,
    `select dbsvc.admit('x')`,
    'select dbsvc.login_company()',
    `select dbsvc.text_of('x')`,
  ]) {
    await bare.entered({}, async () => {
      expect(await refusal(bare.rows(sql)), sql).toMatchObject({ code: '42501' })
    })
  }
})

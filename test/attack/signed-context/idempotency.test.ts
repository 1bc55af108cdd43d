import { beforeAll, expect, test } from 'vitest'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let bare: Bare

const digest = 'd'.repeat(43)
const secret = 'canary of beta'

beforeAll(async () => {
  setting = await createSetting()
  bare = await setting.bare()
  await setting.database.query(`
    insert into dbsvc.idempotency_keys (company_id, service, user_id, key, digest, response, expires_at) values
      ('beta', 'test', '', 'known', '${digest}', '${secret}', now() + interval '1 day'),
      ('alpha', 'another-service', '', 'known', '${digest}', '${secret}', now() + interval '1 day'),
      ('alpha', 'test', 'u2', 'known', '${digest}', '${secret}', now() + interval '1 day')`)
})

const kept = () =>
  setting.database.query(
    'select company_id, service, user_id, key, response from dbsvc.idempotency_keys order by 1, 2, 3, 4',
  )

test.each([
  'select * from dbsvc.idempotency_keys',
  `insert into dbsvc.idempotency_keys values ('beta', 'test', '', 'forged', repeat('d', 43), '[]', now())`,
  `update dbsvc.idempotency_keys set response = '[]'`,
  'delete from dbsvc.idempotency_keys',
  'truncate dbsvc.idempotency_keys',
  'select count(*) from dbsvc.idempotency_keys where key > $$a$$',
])('keys are out of reach of the shared role: %s', async (sql) => {
  const before = await kept()
  expect(await bare.entered({}, () => refusal(bare.rows(sql)))).toMatchObject({ code: '42501' })
  expect(await kept()).toEqual(before)
})

test.each([
  ['company', {}],
  ['user', { user: 'u1' }],
])('the recorded response of another %s, or of another service, is not found under its key', async (_what, claims) => {
  await bare.entered({ service: 'test', ...claims }, async () => {
    const sql = 'select dbsvc.recorded_response($1, $2) as response'
    expect(await bare.rows(sql, ['known', digest])).toEqual([{ response: null }])
  })
})

test('its own is, with the digest of the request alone', async () => {
  await bare.entered({ service: 'test', user: 'u2' }, async () => {
    const sql = 'select dbsvc.recorded_response($1, $2) as response'
    expect(await bare.rows(sql, ['known', digest])).toEqual([{ response: secret }])
    expect(await bare.rows(sql, ['known', 'e'.repeat(43)])).toEqual([{ response: null }])
  })
})

test('a key that others have is free, and a record changes no other key', async () => {
  const before = await kept()
  await bare.entered({ service: 'test' }, async () => {
    await bare.rows('select dbsvc.claim_idempotency_key($1, $2, 1000)', ['known', digest])
    await bare.rows('select dbsvc.record_idempotent_response($1, $2)', ['known', 'own'])
    // Once: what is recorded stays as it is.
    expect(await refusal(bare.rows('select dbsvc.record_idempotent_response($1, $2)', ['known', 'forged']))).toEqual(
      expect.objectContaining({ code: 'DB604' }),
    )
  })
  expect(await kept()).toEqual(before)
  const user = { service: 'test', user: 'u2' }
  const forge = () => refusal(bare.rows('select dbsvc.record_idempotent_response($1, $2)', ['known', 'forged']))
  expect(await bare.entered(user, forge)).toMatchObject({ code: 'DB604' })
  expect(await kept()).toEqual(before)
})

test.each([
  'claim_idempotency_key($1, $2, 1000)',
  'record_idempotent_response($1, $2)',
  'recorded_response($1, $2)',
])('without a signed context %s is refused, whatever the settings say', async (call) => {
  const { client } = bare
  await client.query('begin')
  await client.query(`set local app.current_company_id = 'beta'; set local app.current_service = 'test'`)
  expect(await refusal(bare.rows(`select dbsvc.${call}`, ['known', digest]))).toMatchObject({
    code: '42501',
    constraint: 'dbsvc_context_missing',
  })
  await client.query('rollback')
})

test('a company with a LOGIN role of its own has no way to the keys', async () => {
  const [row] = await setting.database.query<{ any: boolean }>(`
    select bool_or(has_function_privilege('dbsvc_companies', p.oid, 'execute')) as any
    from pg_proc p where p.pronamespace = 'dbsvc'::regnamespace and p.proname ~ 'idempoten|recorded_response'`)
  expect(row).toEqual({ any: false })
})

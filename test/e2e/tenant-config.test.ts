import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders } from './support/given.ts'

describe('given two companies without configuration', () => {
  let given: Given
  const rows = (table: string, company: string) =>
    given.database.query(`select config_key, config_value from public.${table} where company_id = $1 order by 1`, [
      company,
    ])
  beforeAll(async () => {
    given = await givenCluster({ companies: ['abc', 'xyz'] })
  })

  test.each([
    ['risk.max_drawdown', '0.15', 0.15],
    ['pairs', '["EURUSD", "XAUUSD"]', ['EURUSD', 'XAUUSD']],
    ['text', '"größer als 💰"', 'größer als 💰'],
    ['nothing', 'null', null],
    ['on', 'true', true],
    ['exact', '12345678901234567890.1', '12345678901234567890.1'],
    ['nested', '{"a": {"b": [1, {"c": null}]}}', { a: { b: [1, { c: null }] } }],
    ["quote'; drop table users; --", '1', 1],
  ])('when %s is set to %s, then the row has it', async (key, json, value) => {
    const result = await given.dbsvc(['tenant', 'config', 'set', 'abc', key, json])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toBe(`${key} set for abc\n`)
    expect(
      await given.database.query(
        `select config_value::text = $2::jsonb::text as same from public.tenant_configurations where company_id = 'abc' and config_key = $1`,
        [key, json],
      ),
    ).toEqual([{ same: true }])
    if (typeof value !== 'string' || key === 'text') {
      expect(await rows('tenant_configurations', 'abc')).toContainEqual({ config_key: key, config_value: value })
    }
  })

  test('when a negative number is set, then it is taken for the value and not for a flag', async () => {
    expectExit(await given.dbsvc(['tenant', 'config', 'set', 'abc', 'swap', '-0.5']), ExitCode.Ok)
    expect(await rows('tenant_configurations', 'abc')).toContainEqual({ config_key: 'swap', config_value: -0.5 })
  })

  test('when one is read, then its value is JSON on stdout, and with --json a document', async () => {
    const text = await given.dbsvc(['tenant', 'config', 'get', 'abc', 'pairs'])
    expectExit(text, ExitCode.Ok)
    expect(text.stdout).toBe('["EURUSD", "XAUUSD"]\n')
    expect((await given.dbsvc(['tenant', 'config', 'get', 'abc', 'risk.max_drawdown', '--json'])).json()).toEqual({
      schema: 'dbsvc/tenant.config.get/1',
      company: 'abc',
      key: 'risk.max_drawdown',
      value: 0.15,
      json: '0.15',
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    })
  })

  test('when they are listed, then all of the company are there and none of another', async () => {
    expectExit(await given.dbsvc(['tenant', 'config', 'set', 'xyz', 'colour', '"red"']), ExitCode.Ok)
    const result = await given.dbsvc(['tenant', 'config', 'list', 'xyz'])
    expectExit(result, ExitCode.Ok)
    expect(result.stdout).toMatch(/^KEY +VALUE +UPDATED\ncolour +"red" +\d{4}-\d\d-\d\dT[\d:.]+Z\n$/)
    const { settings } = (await given.dbsvc(['tenant', 'config', 'list', 'abc', '--json'])).json<{
      settings: { key: string }[]
    }>()
    expect(settings.map(({ key }) => key)).toEqual(
      (await rows('tenant_configurations', 'abc')).map((row) => row.config_key),
    )
  })

  test('when the company reads its configuration itself, then it sees its own', async () => {
    expect(
      await asCompany(given.database, { company: 'xyz' }, 'select config_key, config_value from tenant_configurations'),
    ).toEqual([{ config_key: 'colour', config_value: 'red' }])
  })

  test('when a value is changed and removed, then the history keeps all of it, newest first', async () => {
    expectExit(await given.dbsvc(['tenant', 'config', 'set', 'xyz', 'colour', '"blue"']), ExitCode.Ok)
    expectExit(await given.dbsvc(['tenant', 'config', 'set', 'xyz', 'colour', '"blue"']), ExitCode.Ok)
    const unset = await given.dbsvc(['tenant', 'config', 'unset', 'xyz', 'colour'])
    expectExit(unset, ExitCode.Ok)
    expect(unset.stdout).toBe('colour removed from xyz\n')
    expect(await rows('tenant_configurations', 'xyz')).toEqual([])
    expect(
      await given.database.query(
        `select config_value, changed_by from public.tenant_configuration_history where company_id = 'xyz' order by history_id`,
      ),
    ).toEqual([
      { config_value: 'red', changed_by: given.database.user },
      { config_value: 'blue', changed_by: given.database.user },
      { config_value: null, changed_by: given.database.user },
    ])
    const history = await given.dbsvc(['tenant', 'config', 'list', 'xyz', '--history', 'colour', '--json'])
    expectExit(history, ExitCode.Ok)
    expect(history.json()).toMatchObject({
      schema: 'dbsvc/tenant.config.history/1',
      changes: [
        { removed: true, value: null },
        { removed: false, value: 'blue' },
        { removed: false, value: 'red' },
      ],
    })
    expect((await given.dbsvc(['tenant', 'config', 'list', 'xyz', '--history', 'colour'])).stdout).toContain(
      '(removed)',
    )
  })

  test.each([
    ['unquoted', 'Unexpected'],
    ['{"a": }', 'Unexpected'],
    ["{'a': 1}", 'property name'],
    ['', 'Unexpected end'],
    ['NaN', 'not valid JSON'],
    ['"\\u0000"', 'cannot be stored'],
  ])('when %j is set, which is no JSON that can be kept, then the reason is given and the old value stays', async (json, reason) => {
    const before = await rows('tenant_configurations', 'abc')
    const result = await given.dbsvc(['tenant', 'config', 'set', 'abc', 'pairs', json])
    expectError(result, ExitCode.Usage, 'DBS-1208')
    expect(result.stderr).toContain(reason)
    expect(await rows('tenant_configurations', 'abc')).toEqual(before)
  })

  test.each([
    ['get', 'abc', 'missing'],
    ['unset', 'abc', 'missing'],
  ])('when %s is asked for %s and a key that is not set, then it is not found', async (...args) => {
    const result = await given.dbsvc(['tenant', 'config', ...args])
    expectError(result, ExitCode.NotFound, 'DBS-1207')
    expect(result.stderr).toContain('company abc has no configuration "missing"')
  })

  test.each([
    ['get', 'nobody', 'key'],
    ['set', 'nobody', 'key', '1'],
    ['unset', 'nobody', 'key'],
    ['list', 'nobody'],
  ])('when %s is asked for an unknown company, then it is not found', async (...args) => {
    expectError(await given.dbsvc(['tenant', 'config', ...args]), ExitCode.NotFound, 'DBS-1203')
    expect(await rows('tenant_configurations', 'nobody')).toEqual([])
  })

  test('when a key is empty or too long, then it is a usage error', async () => {
    for (const key of ['', 'k'.repeat(101)]) {
      expectError(await given.dbsvc(['tenant', 'config', 'set', 'abc', key, '1']), ExitCode.Usage, 'DBS-1903')
    }
  })
})

describe('given a project whose migrations make no tenant_configurations', () => {
  test('when a value is set, then it says which table is missing', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    const result = await given.dbsvc(['tenant', 'config', 'set', 'abc', 'key', '1'])
    expectError(result, ExitCode.Refused, 'DBS-1302')
    expect(result.stderr).toContain('tenant_configurations')
  })
})

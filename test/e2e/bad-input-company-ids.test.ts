import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { companiesOf } from './support/catalogue.ts'
import { expectError, type Given, givenOrders } from './support/given.ts'

describe('given ids that no company may have', () => {
  const malformed = [
    '',
    ' ',
    'A',
    'Company_abc',
    'company abc',
    'company-abc',
    'company.abc',
    'company_abc ',
    'company_abc\n',
    '1company',
    '_company',
    'käse',
    '公司',
    '💰',
    '../abc',
    'a/b',
    'a;drop schema public',
    "a'b",
    'a"b',
    'a\\b',
    '$(id)',
    '%',
    'a'.repeat(49),
    'a'.repeat(5000),
  ]
  const reserved = [
    'tenant_abc',
    'pg_abc',
    'public',
    'postgres',
    'dbsvc',
    'dbsvc_router',
    'shared',
    'all',
    'template1',
    'information_schema',
  ]
  let given: Given
  beforeAll(async () => {
    given = await givenOrders()
  })

  test.each([
    ...malformed,
    ...reserved,
  ])('when %j is to be created, then it is refused by name and nothing is made', async (id) => {
    const result = await given.dbsvc(['tenant', 'create', '--', 'fine', id])
    expectError(result, ExitCode.Usage, 'DBS-1201')
    expect(result.stderr).toContain(`"${id}" cannot be a company id`)
    expect(await companiesOf(given.database)).toEqual([])
    expect(await given.database.query(`select from pg_namespace where nspname like 'tenant%'`)).toEqual([])
  })

  test.each([
    ['tenant', 'show', 'Abc'],
    ['tenant', 'suspend', 'a b'],
    ['tenant', 'resume', 'ä'],
    ['tenant', 'drop', 'pg_x', '--confirm', 'pg_x'],
    ['tenant', 'config', 'get', 'tenant_x', 'key'],
  ])('when %s %s is asked for one, then it is refused as malformed and not looked for', async (...args) => {
    expectError(await given.dbsvc(args), ExitCode.Usage, 'DBS-1201')
  })
})

import { expect, test } from 'vitest'
import { type CacheIdentity, cacheKeyOf, tableTag } from '../../../../src/core/routing/cache-key.ts'

const abc: CacheIdentity = {
  company: 'company_abc',
  user: 'u1',
  service: 'trading-engine',
  schemaVersion: 'v1',
  engine: 'postgres',
}

test('two requests share a key only where everything about them is equal', () => {
  const keys = [
    cacheKeyOf(abc, 'select $1', ['1']),
    cacheKeyOf({ ...abc, company: 'company_ab' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, user: null }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, user: 'null' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, user: '' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, service: 'other' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, schemaVersion: 'v2' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, engine: 'clickhouse' }, 'select $1', ['1']),
    cacheKeyOf(abc, 'select  $1', ['1']),
    cacheKeyOf(abc, 'select $1', []),
    cacheKeyOf(abc, 'select $1', [null]),
    cacheKeyOf(abc, 'select $1', ['null']),
    cacheKeyOf(abc, 'select $1', ['']),
    cacheKeyOf(abc, 'select $1', ['1', '']),
    cacheKeyOf(abc, 'select $1', ['1","']),
    cacheKeyOf(abc, 'select $1', [Buffer.from('1')]),
    cacheKeyOf(abc, 'select $1', [Buffer.from('1').toString('base64')]),
    // What is joined without care runs into the next field.
    cacheKeyOf({ ...abc, company: 'company_abc","u1', user: 'trading-engine' }, 'select $1', ['1']),
    cacheKeyOf({ ...abc, user: 'u1","trading-engine' }, 'select $1', ['1']),
    cacheKeyOf(abc, 'select $1",["1"', []),
  ]
  expect(new Set(keys).size).toBe(keys.length)
  expect(cacheKeyOf({ ...abc }, 'select $1', ['1'])).toBe(keys[0])
})

test('a table is the same with and without its schema, and another company has another', () => {
  expect(tableTag('c', 'public.users')).toBe(tableTag('c', 'users'))
  expect(tableTag('c', 'users')).not.toBe(tableTag('c_users', ''))
})

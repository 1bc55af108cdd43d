import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  type ContextClaims,
  newSigningKey,
  paddedKey,
  signContext,
} from '../../../../../src/engines/postgres/context/token.ts'

const key = { keyId: 'k1', secret: Buffer.alloc(32, 7) }
const binding = { database: 'app', backendPid: 4711, expiresAtMs: 1_800_000_000_000 }
const claims: ContextClaims = {
  company: 'company_abc',
  user: 'u.1|é',
  service: 'trading-engine',
  limits: { statementTimeoutMs: 5_000, lockTimeoutMs: 2_000, workMemKb: 4_096, parallelWorkers: 1 },
  mode: 'read',
}

describe('signContext', () => {
  test('writes the 14 fields that dbsvc.verify documents, signed with HMAC-SHA-256', () => {
    const token = signContext(claims, binding, key)
    const fields = token.split('.')
    const text = (field: string | undefined): string => Buffer.from(field ?? '', 'base64url').toString()
    expect(fields.slice(0, 2)).toEqual(['1', 'k1'])
    expect([fields[2], fields[4], fields[5]].map(text)).toEqual(['app', 'u.1|é', 'trading-engine'])
    expect(fields[3]).toBe('company_abc')
    expect(fields.slice(6, 13)).toEqual(['5000', '2000', '4096', '1', 'r', '4711', '1800000000000'])
    const body = fields.slice(0, 13).join('.')
    expect(fields[13]).toBe(createHmac('sha256', key.secret).update(body).digest('hex'))
    expect(fields).toHaveLength(14)
  })

  test('writes no user as an empty field', () => {
    const token = signContext({ ...claims, user: null, mode: 'write' }, binding, key)
    expect(token.split('.').slice(4, 5)).toEqual([''])
    expect(token.split('.')[10]).toBe('w')
  })

  test.each(['', 'Company', '1abc', 'a-b', 'a.b', 'a'.repeat(49), 'a\n', 'a"'])('refuses the company %j', (company) => {
    expect(() => signContext({ ...claims, company }, binding, key)).toThrow(/cannot be a company id/)
  })

  test.each([
    ['an empty user, which would read as none', { user: '' }],
    ['a user of more than 255 bytes', { user: 'é'.repeat(128) }],
    ['half a surrogate pair, which would be signed as another user', { user: 'u\ud800' }],
    ['a zero byte', { user: 'u\0' }],
    ['an empty service', { service: '' }],
    ['a service of more than 255 bytes', { service: 's'.repeat(256) }],
  ])('refuses %s', (_, wrong) => {
    expect(() => signContext({ ...claims, ...wrong }, binding, key)).toThrow(
      expect.objectContaining({ code: 'DBS-1601' }),
    )
  })

  test.each([
    0,
    -1,
    1.5,
    Number.NaN,
    1e21,
  ])('refuses a limit of %d, which would be no limit or another field', (limit) => {
    const limits = { ...claims.limits, statementTimeoutMs: limit }
    expect(() => signContext({ ...claims, limits }, binding, key)).toThrow(
      expect.objectContaining({ code: 'DBS-1601' }),
    )
  })
})

test('paddedKey makes the two blocks that the database computes HMAC from', () => {
  const { secret } = newSigningKey()
  const { inner, outer } = paddedKey(secret)
  const sha256 = (...parts: (Buffer | string)[]): Buffer => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return hash.digest()
  }
  expect([inner.length, outer.length]).toEqual([64, 64])
  expect(sha256(outer, sha256(inner, 'body'))).toEqual(createHmac('sha256', secret).update('body').digest())
})

test('newSigningKey never makes the same key twice', () => {
  const keys = Array.from({ length: 20 }, newSigningKey)
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(20)
  expect(keys.every(({ keyId, secret }) => /^[a-z0-9]{1,16}$/.test(keyId) && secret.length === 32)).toBe(true)
})

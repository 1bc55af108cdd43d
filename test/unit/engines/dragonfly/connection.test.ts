import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { configSchema } from '../../../../src/config/schema.ts'
import { administratorOf, describeEndpoint, endpointOf } from '../../../../src/engines/dragonfly/connection.ts'
import { connectionError, operationError } from '../../../../src/engines/dragonfly/errors.ts'
import { companyOf, companyOfKey, patternOf, userOf } from '../../../../src/engines/dragonfly/names.ts'

const configured = (dragonfly: object) => configSchema.parse({ dragonfly: { plaintext: true, ...dragonfly } })

describe('where the server is', () => {
  test.each([
    ['redis://cache.example.org', { host: 'cache.example.org', port: 6379, tls: false }, 'cache.example.org:6379'],
    [
      'rediss://cache.example.org:7000/3',
      { host: 'cache.example.org', port: 7000, tls: true },
      'cache.example.org:7000',
    ],
    ['redis://[::1]:7000', { host: '::1', port: 7000, tls: false }, '[::1]:7000'],
    ['redis://user:secret@localhost', { host: 'localhost', port: 6379, tls: false }, 'localhost:6379'],
  ])('%s', (url, endpoint, place) => {
    const found = endpointOf(configured({ url }))
    expect(found).toEqual(endpoint)
    expect(found === null ? null : describeEndpoint(found)).toBe(place)
  })

  test('nowhere without a URL', () => {
    expect(endpointOf(configured({ password: 'x' }))).toBeNull()
  })
})

describe('who administers', () => {
  test.each([
    [
      { url: 'redis://h', user: 'ops', password: 'p' },
      { user: 'ops', password: 'p' },
    ],
    [{ url: 'redis://h' }, { user: 'default', password: undefined }],
    [{ url: 'redis://ops:p%40ss@h' }, { user: 'ops', password: 'p@ss' }],
    [{ url: 'redis://:p@h' }, { user: 'default', password: 'p' }],
    [
      { url: 'redis://ops:p@h', password: 'other' },
      { user: 'default', password: 'other' },
    ],
  ])('%j', (settings, expected) => {
    expect(administratorOf(configured(settings))).toEqual(expected)
  })
})

describe('names', () => {
  test('users of companies are told from others', () => {
    expect(companyOf(userOf('abc'))).toBe('abc')
    for (const other of ['default', 'tenant_', 'tenant_ABC', 'xtenant_abc', 'tenant_abc\n']) {
      expect(companyOf(other)).toBeNull()
    }
  })

  test('what a glob gives a meaning to loses it', () => {
    expect(patternOf('abc_d')).toBe('t:abc_d:*')
    expect(patternOf('a*b?[c]^\\')).toBe('t:a\\*b\\?\\[c\\]\\^\\\\:*')
  })

  test('whose a key is', () => {
    expect(companyOfKey('t:abc:k:x')).toBe('abc')
    for (const key of ['t:abc', 'xt:abc:k', 't::k', 'dbsvc:budgets']) expect(companyOfKey(key)).toBeNull()
  })
})

describe('errors', () => {
  /** As ioredis makes them: the command that failed hangs on, arguments included. */
  const thrown = (name: string, message: string): Error =>
    Object.assign(new Error(message), { name, command: { name: 'acl', args: ['SETUSER', 'x', '>secret'] } })

  test.each([
    ['ReplyError', 'WRONGPASS invalid username-password pair', 'DBS-1102'],
    ['ReplyError', 'NOAUTH Authentication required.', 'DBS-1102'],
    ['ReplyError', "OOM command not allowed when used memory > 'maxmemory'.", 'DBS-1107'],
    ['ReplyError', "READONLY You can't write against a read only replica.", 'DBS-1107'],
    ['Error', 'Connection is closed.', 'DBS-1105'],
    ['Error', 'Command timed out', 'DBS-1105'],
    ['AbortError', 'Command aborted due to connection close', 'DBS-1105'],
    ['ParserError', 'Protocol error, got "H" as reply type byte', 'DBS-1105'],
  ])('%s %s is %s', (name, message, code) => {
    const error = operationError(thrown(name, message), 'h:6379', 'default')
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('secret')
  })

  test('a fault of dbsvc itself stays what it is', () => {
    const error = new TypeError('x is not a function')
    expect(operationError(error, 'h:6379', 'default')).toBe(error)
  })

  test('while connecting, credentials are one thing and everything else another', () => {
    const of = (error: Error): string => connectionError(error, 'h:6379', 'ops').code
    expect(of(thrown('ReplyError', 'WRONGPASS invalid'))).toBe('DBS-1102')
    expect(of(thrown('ReplyError', 'ERR max number of clients reached'))).toBe('DBS-1101')
    expect(of(new Error('connect ECONNREFUSED 127.0.0.1:1'))).toBe('DBS-1101')
  })
})

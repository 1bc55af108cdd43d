import { describe, expect, test } from 'vitest'
import { infoField, productIn, requireSupported } from '../../../../src/engines/dragonfly/server.ts'

describe('the version that INFO names', () => {
  test.each([
    // DragonflyDB and Valkey name a version of Redis besides.
    ['# Server\r\nredis_version:7.4.0\r\ndragonfly_version:df-v1.40.1\r\n', ['DragonflyDB', '1.40.1']],
    ['# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\n', ['Valkey', '9.1.2']],
    ['# Server\r\nredis_version:7.0.15\r\n', ['Redis', '7.0.15']],
    ['', ['Redis', 'unknown']],
  ])('%j', (info, expected) => {
    expect(productIn(info)).toEqual(expected)
  })

  test('a field is found by its whole name', () => {
    const info = 'used_memory_human:1K\r\nused_memory:1024\r\nempty:\r\n'
    expect(infoField(info, 'used_memory')).toBe('1024')
    expect(infoField(info, 'empty')).toBe('')
    expect(infoField(info, 'memory')).toBeUndefined()
  })
})

describe('servers that cannot separate companies', () => {
  const check = (product: string, version: string): void =>
    requireSupported({ product, version, nodes: 1 }, 'cache.example.org:6379')

  test.each([
    ['DragonflyDB', '1.21.9'],
    ['DragonflyDB', '0.99.0'],
    ['Valkey', '7.1.0'],
    ['Redis', '6.2.14'],
  ])('%s %s is refused', (product, version) => {
    expect(() => check(product, version)).toThrow(
      expect.objectContaining({ code: 'DBS-1103', message: expect.stringContaining(`is version ${version}`) }),
    )
  })

  test.each([
    ['DragonflyDB', '1.22.0'],
    ['DragonflyDB', '2.0.0'],
    ['Valkey', '9.1.2'],
    ['Redis', '7.0.0'],
    ['DragonflyDB', 'dev-build'],
  ])('%s %s is not', (product, version) => {
    expect(() => check(product, version)).not.toThrow()
  })
})

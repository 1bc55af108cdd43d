import { expect, test } from 'vitest'
import { tableOf } from '../../support/engine-report.ts'

test('the table tells real engines, stand-ins and missing ones apart, and how to get those', () => {
  const common = { program: null, url: null }
  const engines = [
    { ...common, name: 'valkey', version: '9.1.2', kind: 'real' },
    { ...common, name: 'arango', version: '3.12', kind: 'stand-in' },
    { ...common, name: 'weaviate', version: null, kind: 'missing' },
  ] as const
  const counts = new Map([
    ['valkey', { run: 24, skipped: 1 }],
    ['weaviate', { run: 0, skipped: 7 }],
  ])
  expect(tableOf(engines, counts).split('\n')).toEqual([
    'engine    version  kind      tests run  skipped',
    'valkey    9.1.2    real      24         1',
    'arango    3.12     stand-in  0          0',
    'weaviate  -        missing   0          7',
    'weaviate is missing, so its tests were skipped. To install it: scripts/engines weaviate',
  ])
})

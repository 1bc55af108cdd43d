import { expect, test } from 'vitest'
import { githubLines } from '../../../../src/commands/lint/github.ts'
import { finding } from './finding.ts'

test('given marks that workflow commands are made of, then they are escaped', () => {
  const odd = finding({ file: 'a,b:c%.sql', message: '100 %\r\nof the rows, all: gone' })
  expect(githubLines([odd])).toEqual([
    '::error file=a%2Cb%3Ac%25.sql,line=2,col=1,title=dbsvc lint%3A drop-table::100 %25%0D%0Aof the rows, all: gone%0AKeep it.',
  ])
})

test('given a finding without a place, then the annotation is on the file', () => {
  expect(githubLines([finding({ severity: 'info', line: null, column: null })])).toEqual([
    '::notice file=tenant/0001_drop.sql,title=dbsvc lint%3A drop-table::orders is dropped%0AKeep it.',
  ])
})

import { expect, test } from 'vitest'
import { sarifLog } from '../../../../src/commands/lint/sarif.ts'
import { finding } from './finding.ts'

interface Result {
  readonly level: string
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object }
  }[]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

function resultOf(facts: Parameters<typeof finding>[0]): Result {
  const log = sarifLog([finding(facts)], [], '1.0.0') as {
    readonly runs: readonly { readonly results: readonly Result[] }[]
  }
  const result = log.runs[0]?.results[0]
  if (result === undefined) throw new Error('there is no result')
  return result
}

test('given a name that is no URI, then it is encoded', () => {
  const { locations } = resultOf({ file: 'a folder/0001_ü#1.sql' })
  expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20folder/0001_%C3%BC%231.sql')
})

test('given a finding about the whole file, then it stands at the first line', () => {
  const { level, locations } = resultOf({ severity: 'info', line: null, column: null, sql: null })
  expect(level).toBe('note')
  expect(locations[0]?.physicalLocation.region).toEqual({ startLine: 1 })
})

test('given the same finding some lines further down, then its fingerprint is the same', () => {
  expect(resultOf({ line: 40 }).partialFingerprints).toEqual(resultOf({ line: 2 }).partialFingerprints)
  expect(resultOf({ migration: '0002_drop' }).partialFingerprints).not.toEqual(resultOf({}).partialFingerprints)
})

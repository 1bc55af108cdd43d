import { expect, test } from 'vitest'
import { judgeRows } from '../../../../../src/app/company/file/judge.ts'
import { readLines } from '../../../../../src/app/company/file/lines.ts'
import type { Parameters } from '../../../../../src/app/company/file/spec.ts'

function judge(text: string, defaults: Parameters = {}) {
  const { wanted, faults } = judgeRows('companies', readLines(text), defaults)
  return {
    wanted,
    faults: faults.map(({ company, line, error }) => ({ company, line, code: error.code, message: error.message })),
  }
}

test('given ids, objects, comments and blank lines, then each company has the number of its line', () => {
  expect(judge('# ours\r\n\r\na\n  b \n{"company": "c", "tier": "pro"}\n')).toEqual({
    wanted: [
      { spec: { company: 'a' }, line: 3 },
      { spec: { company: 'b' }, line: 4 },
      { spec: { company: 'c', tier: 'pro' }, line: 5 },
    ],
    faults: [],
  })
})

test('given defaults, then what a line says itself goes before them, its labels and limits as a whole', () => {
  const defaults = { tier: 'pro', labels: { from: 'crm' }, limits: { workMemKb: 64 } } as const
  const text = 'a\n{"company": "b", "tier": "free", "labels": {"region": "eu"}, "limits": {"parallelWorkers": 0}}'
  expect(judge(text, defaults).wanted.map(({ spec }) => spec)).toEqual([
    { company: 'a', ...defaults },
    { company: 'b', tier: 'free', labels: { region: 'eu' }, limits: { parallelWorkers: 0 } },
  ])
})

test.each([
  ['{"company": ', null, /^companies:2: not valid JSON: /],
  ['{"tier": "pro"}', null, /^companies:2: company: .*expected string/],
  ['{"company": 7}', null, /^companies:2: company: .*expected string/],
  ['Not Fine', 'Not Fine', /^companies:2: "Not Fine" cannot be a company id: it has capital letters$/],
  ['shared', 'shared', /^companies:2: "shared" cannot be a company id: the name is reserved$/],
  ['{"company": "b", "teir": "pro"}', 'b', /^companies:2: unknown field "teir"; did you mean tier\?$/],
  ['{"company": "b", "colour": "red"}', 'b', /^companies:2: unknown field "colour"; known are company, name, /],
  ['{"company": "b", "tier": "gold"}', 'b', /^companies:2: tier: /],
  ['{"company": "b", "name": ""}', 'b', /^companies:2: name: /],
  ['{"company": "b", "name": "a\\u0000b"}', 'b', /^companies:2: name: has characters that are no valid UTF-8$/],
  ['{"company": "b", "name": "\\ud800"}', 'b', /^companies:2: name: has characters that are no valid UTF-8$/],
  ['{"company": "b", "name": "S\uFFFDhne"}', 'b', /^companies:2: name: has characters that are no valid UTF-8$/],
  ['{"company": "b", "login": "yes"}', 'b', /^companies:2: login: /],
  ['{"company": "b", "labels": {"region": 1}}', 'b', /^companies:2: labels\.region: /],
  [
    '{"company": "b", "limits": {"workMemKB": 64}}',
    'b',
    /^companies:2: unknown field "workMemKB"; did you mean workMemKb\?$/,
  ],
  ['{"company": "b", "limits": {"workMemKb": 63}}', 'b', /^companies:2: limits\.workMemKb: .*>=64$/],
  ['{"company": "b", "limits": {"parallelWorkers": 65}}', 'b', /^companies:2: limits\.parallelWorkers: .*<=64$/],
  ['{"company": "b", "limits": {"workMemKb": 64.5}}', 'b', /^companies:2: limits\.workMemKb: /],
  ['{"company": "b", "limits": {"workMemKb": "64"}}', 'b', /^companies:2: limits\.workMemKb: /],
  ['{"company": "b", "tier": "gold", "name": ""}', 'b', /^companies:2: name: .*; tier: /],
])('given the line %s, then it is bad, and those around it are good', (line, company, message) => {
  expect(judge(`a\n${line}\nc`)).toEqual({
    wanted: [
      { spec: { company: 'a' }, line: 1 },
      { spec: { company: 'c' }, line: 3 },
    ],
    faults: [{ company, line: 2, code: 'DBS-1209', message: expect.stringMatching(message) }],
  })
})

test.each([
  ['a', 'a', 'just the same'],
  ['a', '{"company": "a"}', 'just the same'],
  ['a', '{"company": "a", "tier": "pro"}', 'with other values'],
  ['{"company": "a", "tier": "gold"}', 'a', 'with other values'],
])('given a company on the line %s and again on %s, then the later is bad and names the first', (first, second, how) => {
  const { wanted, faults } = judge(`# heading\n${first}\nb\n${second}\n${second}`)
  expect(wanted.map(({ spec }) => spec.company)).toEqual(first.includes('gold') ? ['b'] : ['a', 'b'])
  expect(faults.slice(-2).map(({ line, message }) => [line, message])).toEqual([
    [4, `companies:4: the company is on line 2 already, ${how}`],
    [5, `companies:5: the company is on line 2 already, ${how}`],
  ])
})

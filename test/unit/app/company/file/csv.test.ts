import { expect, test } from 'vitest'
import { readCsv } from '../../../../../src/app/company/file/csv.ts'

test('given every column, when it is read, then cells become fields, labels and limits, and empty cells say nothing', () => {
  const text =
    'company,name,tier,login,label.region,label.a.b,limit.workMemKb\n' +
    'full,"Söhne, ""A""",pro,true,eu,1,8192\n' +
    'bare,,,false,,,\n'
  expect(readCsv(text)).toEqual([
    {
      line: 2,
      value: {
        company: 'full',
        name: 'Söhne, "A"',
        tier: 'pro',
        login: true,
        labels: { region: 'eu', 'a.b': '1' },
        limits: { workMemKb: 8192 },
      },
    },
    { line: 3, value: { company: 'bare', login: false } },
  ])
})

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('given lines that end in %s, blank ones and no last one, then each record has the number of its line', (_, end) => {
  expect(readCsv(['company,name', 'a,A', '', 'b,B'].join(end))).toEqual([
    { line: 2, value: { company: 'a', name: 'A' } },
    { line: 4, value: { company: 'b', name: 'B' } },
  ])
})

test('given a quoted field over two lines, then the record has the number of its first, and the next its own', () => {
  expect(readCsv('company,name\na,"A\r\nand more"\nb,B')).toEqual([
    { line: 2, value: { company: 'a', name: 'A\r\nand more' } },
    { line: 4, value: { company: 'b', name: 'B' } },
  ])
})

test.each([
  ['a quote that is never closed', 'bad,"B'],
  ['a quote inside a field', 'bad,5" pipe'],
  ['something behind a closing quote', 'bad,"B"x'],
])('given %s, then that line is bad and those around it are read', (_, bad) => {
  expect(readCsv(`company,name\na,A\n${bad}\nb,"B"\nc,C`)).toEqual([
    { line: 2, value: { company: 'a', name: 'A' } },
    { line: 3, reason: 'quotes must stand around a whole field, and be doubled inside it' },
    { line: 4, value: { company: 'b', name: 'B' } },
    { line: 5, value: { company: 'c', name: 'C' } },
  ])
})

test('given quotes that are never closed on two lines, then both are bad and what is between them is read', () => {
  expect(readCsv('company,name\na,"A\nb,B\nc,"C').map((row) => [row.line, 'value' in row])).toEqual([
    [2, false],
    [3, true],
    [4, false],
  ])
})

test.each([
  ['a', '1 field, but the header has 2'],
  ['a,A,pro', '3 fields, but the header has 2'],
])('given the line %j under two columns, then the line is bad', (line, reason) => {
  expect(readCsv(`company,name\n${line}\nb,B`)).toEqual([
    { line: 2, reason },
    { line: 3, value: { company: 'b', name: 'B' } },
  ])
})

test.each([
  ['', 1, 'there is no header line'],
  ['\n\n', 1, 'there is no header line'],
  ['\ncompany,"name', 2, 'quotes must stand around a whole field, and be doubled inside it'],
  ['company,teir\na,pro', 1, 'unknown column "teir"; did you mean tier?'],
  ['company,limit.workMemKB\na,1', 1, 'unknown column "limit.workMemKB"; did you mean limit.workMemKb?'],
  ['company,labels\na,eu', 1, expect.stringMatching(/^unknown column "labels"; known are company, .*label\.<key>$/)],
  ['company,label.\na,eu', 1, expect.stringMatching(/^unknown column "label\."/)],
  ['company,,name\na,,A', 1, expect.stringMatching(/^unknown column ""/)],
  ['company,tier,tier\na,pro,free', 1, 'column "tier" stands there twice'],
  ['name,tier\nA,pro', 1, 'there is no column "company"'],
])('given %j, then its header is what is wrong', (text, line, reason) => {
  expect(readCsv(text)).toEqual([{ line, reason }])
})

test('given values that are none, then they are left for the judge as they are', () => {
  expect(readCsv('company,login,limit.workMemKb\na,yes,lots\nb,TRUE,1.5')).toEqual([
    { line: 2, value: { company: 'a', login: 'yes', limits: { workMemKb: 'lots' } } },
    { line: 3, value: { company: 'b', login: 'TRUE', limits: { workMemKb: '1.5' } } },
  ])
})

test('given an open quote on every line, then each is bad, and reading takes no longer than their number warrants', () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `c${index},"open`)
  const started = performance.now()
  const rows = readCsv(`company,name\n${lines.join('\n')}`)
  expect(rows.filter((row) => 'reason' in row).length).toBe(20_000)
  expect(performance.now() - started).toBeLessThan(10_000)
})

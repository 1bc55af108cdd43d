import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readCompanies } from '../../../../../src/app/company/file/read.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

const options = { defaults: {}, stdin: Readable.from([]), signal: new AbortController().signal }

async function read(file: string, content: string | Uint8Array) {
  const path = join((await temporaryFolder()).path, file)
  await writeFile(path, content)
  const { wanted, faults } = await readCompanies(path, options)
  return {
    wanted: wanted.map(({ spec }) => spec),
    reasons: faults.map(({ error }) => error.message.slice(path.length)),
  }
}

const csv = 'company,tier\na,pro\n'
const pro = [{ company: 'a', tier: 'pro' }]

test.each([
  ['companies.csv', csv],
  ['COMPANIES.CSV', csv],
  ['companies.txt', csv],
  ['companies', `\n${csv}`],
  ['companies', 'tier,"company"\r\npro,a\r\n'],
  ['companies.csv', `\uFEFF${csv}`],
  ['companies', `\uFEFF${csv}`],
  ['companies.ndjson', '{"company": "a", "tier": "pro"}'],
  ['companies.jsonl', '\uFEFF{"company": "a", "tier": "pro"}'],
  ['companies.txt', '{"company": "a", "tier": "pro"}'],
])('given %s with %j, then its format is found out', async (file, content) => {
  expect(await read(file, content)).toEqual({ wanted: pro, reasons: [] })
})

test('given a header in a file of lines, then it is a line like any other', async () => {
  expect((await read('companies.ndjson', csv)).reasons).toEqual([
    expect.stringMatching(/^:1: "company,tier" cannot be a company id/),
    expect.stringMatching(/^:2: "a,pro" cannot be a company id/),
  ])
})

test('given the word company alone, then it is an id, but a header in CSV', async () => {
  expect((await read('companies.txt', 'company\na')).wanted).toEqual([{ company: 'company' }, { company: 'a' }])
  expect((await read('companies.csv', 'company\na')).wanted).toEqual([{ company: 'a' }])
})

test('given a name that is not UTF-8, then its line is bad and no other', async () => {
  const latin1 = Buffer.from('company,name\na,Söhne\nb,B\n', 'latin1')
  expect(await read('companies.csv', latin1)).toEqual({
    wanted: [{ company: 'b', name: 'B' }],
    reasons: [':2: name: has characters that are no valid UTF-8'],
  })
})

test('given stdin, then it is what faults are named after', async () => {
  const { wanted, faults } = await readCompanies('-', { ...options, stdin: Readable.from([Buffer.from('a\nB\n')]) })
  expect(wanted).toEqual([{ spec: { company: 'a' }, line: 1 }])
  expect(faults.map(({ error }) => error.message)).toEqual([expect.stringMatching(/^stdin:2: /)])
})

test('given a file that is not there, then it is named', async () => {
  await expect(readCompanies('/nowhere/companies.csv', options)).rejects.toMatchObject({ code: 'DBS-1209' })
})

test('given a stdin that never ends, when the run is interrupted, then it stops waiting', async () => {
  const interrupt = new AbortController()
  const reading = readCompanies('-', { ...options, stdin: new Readable({ read() {} }), signal: interrupt.signal })
  interrupt.abort()
  await expect(reading).rejects.toMatchObject({ code: 'DBS-1904' })
})

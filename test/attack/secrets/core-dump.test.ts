import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { givenOrders } from '../../e2e/support/given.ts'
import { startRouter } from '../../support/router.ts'
import { mark } from './marks.ts'

// Elsewhere the kernel hands dumps to a program, or there are none.
const pattern = await readFile('/proc/sys/kernel/core_pattern', 'utf8').catch(() => '')
const dumpsBeside = /^core\s*$/.test(pattern)

/** Has a router that has answered a query dump its memory. @returns the size of the dump, and whether the row that it read is in it */
async function dump(
  before: (pid: number) => Promise<void>,
): Promise<{ readonly bytes: number; readonly told: boolean }> {
  const given = await givenOrders({ companies: ['company_abc'] })
  const router = await startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given })
  const secret = mark('row')
  const { pid } = router.process
  await execa('prlimit', ['--pid', String(pid), '--core=unlimited'])
  await before(pid)
  const sql = 'select $1::text as secret'
  expect((await router.post('/v1/query', { sql, params: [secret] })).body).toMatchObject({ rows: [[secret]] })
  router.process.kill('SIGABRT')
  expect((await router.process.exited).signal).toBe('SIGABRT')
  const name = (await readdir(given.directory)).find((each) => each.startsWith('core'))
  if (name === undefined) throw new Error('there is no dump')
  const file = join(given.directory, name)
  const search = await execa('grep', ['--count', '--text', '--fixed-strings', secret, file], { reject: false })
  const { stdout: bytes } = await execa('stat', ['--format=%s', file])
  await rm(file)
  return { bytes: Number(bytes), told: search.exitCode === 0 }
}

describe.runIf(dumpsBeside)('a core dump of the router', () => {
  test('has nothing of what companies read', async () => {
    expect(await dump(async () => {})).toEqual({ bytes: expect.any(Number), told: false })
  })

  test('would have it, were memory not left out', async () => {
    const asUsual = (pid: number) => writeFile(`/proc/${pid}/coredump_filter`, '0x33')
    expect(await dump(asUsual)).toEqual({ bytes: expect.any(Number), told: true })
  })
})

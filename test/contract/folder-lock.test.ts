import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaNode } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from '../../src/embedded/folder-lock.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbsvc-lock-'))
})

afterEach(async () => {
  await rm(directory, { recursive: true, force: true })
})

test('one holder at a time, and the next after it has let go', async () => {
  const first = await lockFolder(directory)
  await expect(lockFolder(directory)).rejects.toMatchObject({
    code: 'DBS-1703',
    details: { directory, pid: process.pid },
  })
  await first.release()
  const second = await lockFolder(directory)
  await first.release()
  await expect(lockFolder(directory)).rejects.toMatchObject({ code: 'DBS-1703' })
  await second.release()
  expect(await readdir(directory)).toEqual([])
})

test('of many processes that find the lock of a dead one, a single one takes it over', async () => {
  await writeFile(join(directory, 'dev.lock'), `${process.pid} 1\n`)
  await writeFile(join(directory, 'dev.lock.takeover'), `${process.pid} 1\n`)
  const module = new URL('../../src/embedded/folder-lock.ts', import.meta.url)
  const script = join(directory, 'contender.mjs')
  // All begin at one moment, and the winner stays until the last has tried.
  await writeFile(
    script,
    `const { lockFolder } = await import('${module}')
     while (Date.now() < ${Date.now() + 2_000});
     await lockFolder('${directory}').then(() => console.log('won'), (error) => console.log(error.code))
     setTimeout(() => {}, 2_000)`,
  )
  const results = await Promise.all(Array.from({ length: 6 }, () => execaNode(script, { nodePath: process.execPath })))
  expect(results.map(({ stdout }) => stdout).sort()).toEqual([...Array.from({ length: 5 }, () => 'DBS-1703'), 'won'])
})

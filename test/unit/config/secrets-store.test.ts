import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSecretStore } from '../../../src/config/secrets/store.ts'
import { giveToUnprivileged, runNode, runNodeUnprivileged } from '../node-process.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const storeModule = new URL('../../../src/config/secrets/store.ts', import.meta.url).href

/** A module in which `store` is open on `directory`. */
const withStore = (directory: string, program: string): string => `
  const { openSecretStore } = await import(${JSON.stringify(storeModule)})
  const store = openSecretStore(${JSON.stringify(directory)})
  ${program}`

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('given an empty place', () => {
  test('when nothing was written, then there is nothing and no folder is made', async () => {
    const { path } = await temporaryFolder()
    const store = openSecretStore(join(path, '.dbsvc/secrets'))
    expect(await store.read('key')).toBeNull()
    expect(await store.list()).toEqual([])
    await store.remove('key')
    expect(await readdir(path)).toEqual(['.git'])
  })

  test('when secrets are written, then folder and files are private, and what is beside them is not', async () => {
    const { path } = await temporaryFolder()
    const directory = join(path, '.dbsvc/secrets')
    const store = openSecretStore(directory)
    await store.write('service-password', 'first')
    await store.write('service-password', 'second\n')
    await store.write('context.key_1', 'third')
    expect(await store.read('service-password')).toBe('second\n')
    expect(await store.list()).toEqual(['context.key_1', 'service-password'])
    expect(await modeOf(directory)).toBe(0o700)
    expect(await modeOf(join(directory, 'service-password'))).toBe(0o600)
    expect(await modeOf(join(path, '.dbsvc'))).not.toBe(0o700)
    expect(await readdir(directory)).toHaveLength(2)
  })

  test('when a secret is removed, then it is gone', async () => {
    const store = openSecretStore((await temporaryFolder()).path)
    await store.write('key', 'value')
    await store.remove('key')
    expect(await store.read('key')).toBeNull()
  })
})

describe('given several who create one secret', () => {
  test('when they run at once in this process, then one wins and all have its value', async () => {
    const store = openSecretStore(join((await temporaryFolder()).path, 'secrets'))
    const results = await Promise.all(Array.from({ length: 20 }, (_, n) => store.create('key', () => `made by ${n}`)))
    expect(results.filter((result) => result.created)).toHaveLength(1)
    expect(new Set(results.map((result) => result.value)).size).toBe(1)
    expect(await store.list()).toEqual(['key'])
  })

  test('when they are processes, then one wins and all have its value', async () => {
    const directory = join((await temporaryFolder()).path, 'secrets')
    // All wait for the same moment, so that starting up does not put them in order.
    const at = Date.now() + 1_500
    const program = `
      const long = String(process.pid).repeat(20_000)
      while (Date.now() < ${at}) {}
      const { value, created } = await store.create('key', () => long)
      console.log(JSON.stringify({ made: created ? long : null, length: value.length, head: value.slice(0, 12) }))`
    const printed = await Promise.all(Array.from({ length: 8 }, () => runNode(withStore(directory, program))))
    const results = printed.map((line) => JSON.parse(line) as { made: string | null; length: number; head: string })
    const made = results.flatMap((result) => (result.made === null ? [] : [result.made]))
    expect(made).toHaveLength(1)
    expect(await readFile(join(directory, 'key'), 'utf8')).toBe(made[0])
    expect(new Set(results.map(({ length, head }) => `${length} ${head}`)).size).toBe(1)
    expect(await readdir(directory)).toEqual(['key'])
  })

  test('when it exists, then make is not asked', async () => {
    const store = openSecretStore((await temporaryFolder()).path)
    await store.write('key', 'old')
    const result = await store.create('key', () => expect.fail('made another'))
    expect(result).toEqual({ value: 'old', created: false })
  })
})

describe('given a place that cannot be trusted or used', () => {
  test('when a file can be read by others, then DBS-1003 says how to mend it', async () => {
    const { path } = await temporaryFolder()
    const store = openSecretStore(path)
    await store.write('key', 'value')
    await chmod(join(path, 'key'), 0o640)
    const refused = { code: 'DBS-1003', message: expect.stringContaining(`chmod 600 ${join(path, 'key')}`) }
    await expect(store.read('key')).rejects.toMatchObject(refused)
    await expect(store.create('key', () => 'other')).rejects.toMatchObject(refused)
  })

  test('when others can write to the folder, then DBS-1003', async () => {
    const { path } = await temporaryFolder()
    await mkdir(join(path, 'open'))
    await chmod(join(path, 'open'), 0o777)
    await expect(openSecretStore(join(path, 'open')).write('key', 'value')).rejects.toMatchObject({ code: 'DBS-1003' })
  })

  test('when the folder is read-only, then DBS-1003', async () => {
    const { path } = await temporaryFolder()
    const directory = join(path, 'read-only')
    await mkdir(directory)
    await giveToUnprivileged(path, directory)
    await chmod(directory, 0o500)
    const program = `await store.write('key', 'value').catch((error) => console.log(error.code, error.message))`
    const printed = await runNodeUnprivileged(withStore(directory, program))
    expect(printed).toMatch(/^DBS-1003 .*EACCES/)
  })

  test('when the folder is a file, then DBS-1003', async () => {
    const { path } = await temporaryFolder()
    await writeFile(join(path, 'file'), '')
    const store = openSecretStore(join(path, 'file'))
    await expect(store.read('key')).rejects.toMatchObject({ code: 'DBS-1003' })
    await expect(store.write('key', 'value')).rejects.toMatchObject({ code: 'DBS-1003' })
    await expect(store.list()).rejects.toMatchObject({ code: 'DBS-1003' })
  })

  test.each([
    '../key',
    'a/b',
    'KEY',
    '',
    '.',
    '..',
    'key~1',
  ])('when a secret is named "%s", then DBS-1003', async (name) => {
    const store = openSecretStore((await temporaryFolder()).path)
    await expect(store.read(name)).rejects.toMatchObject({ code: 'DBS-1003' })
    await expect(store.write(name, 'value')).rejects.toMatchObject({ code: 'DBS-1003' })
  })
})

test('of many changes at once none is lost', async () => {
  const store = openSecretStore((await temporaryFolder()).path)
  await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      store.change('list', (value) => `${value ?? ''}${String.fromCharCode(97 + at)}`),
    ),
  )
  expect([...((await store.read('list')) ?? '')].toSorted().join('')).toBe('abcdefghijklmnopqrst')
})

import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { expectError, expectExit, type Given, givenOrders, secretsDirectory } from './support/given.ts'

const keyFile = 'postgres-main-context-keys'
const passwordFile = 'postgres-main-service-password'

describe('given a cluster with secrets in the clear', () => {
  let given: Given
  let here: string
  let clear: Readonly<Record<string, string>>
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const textOf = (name: string): Promise<string> => readFile(join(here, name), 'utf8')
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    given.dbsvc(args, { env: { DBSVC_SECRETS_DIRECTORY: here, ...env } })
  const seals = async (): Promise<unknown[]> => {
    const result = await run(['secret', 'list', '--json'])
    expectExit(result, ExitCode.Ok)
    return result.json<{ secrets: { sealedWith: string | null }[] }>().secrets.map(({ sealedWith }) => sealedWith)
  }

  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc'] })
    await given.database.query('insert into tenant_abc.orders values (1, 10)')
    here = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
    for (const name of [keyFile, passwordFile]) await cp(join(secretsDirectory(), name), join(here, name))
    clear = { [keyFile]: await textOf(keyFile), [passwordFile]: await textOf(passwordFile) }
  })

  test('without a key they are listed as they are, and there is nothing to rotate to', async () => {
    const result = await run(['secret', 'list'])
    expect(result.stdout).toBe(`SECRET                          SEALED WITH\n${keyFile}      -\n${passwordFile}  -\n`)
    expectError(await run(['secret', 'rotate']), ExitCode.Configuration, 'DBS-1004')
    expectError(await run(['secret', 'rotate'], { DBSVC_SECRETS_KEY: 'short' }), ExitCode.Configuration, 'DBS-1004')
  })

  test('when they are rotated, then nothing of them is left in the files, and whoever has the key works on', async () => {
    const rotated = await run(['secret', 'rotate', '--json'], { DBSVC_SECRETS_KEY: first })
    expect(rotated.json()).toMatchObject({ resealed: [keyFile, passwordFile], secrets: 2 })
    const written = (await Promise.all((await readdir(here)).map(textOf))).join('\n')
    for (const part of secretParts()) expect(written).not.toContain(part)
    expect(new Set(await seals()).size).toBe(1)
    expect(await seals()).not.toContain(null)
    const checked = await run(['doctor', '--only', 'isolation', '--only', 'secrets'], { DBSVC_SECRETS_KEY: first })
    expectExit(checked, ExitCode.Ok)
  })

  test('when one is shown, then it is what it was, and only for whoever has the key', async () => {
    const shown = await run(['secret', 'show', passwordFile, '--json'], { DBSVC_SECRETS_KEY: first })
    expect(shown.json()).toMatchObject({ name: passwordFile, secret: clear[passwordFile] })
    for (const key of [{}, { DBSVC_SECRETS_KEY: second }]) {
      const refused = await run(['secret', 'show', passwordFile], key)
      expectError(refused, ExitCode.Configuration, 'DBS-1004')
      for (const part of secretParts()) expect(refused.stdout + refused.stderr).not.toContain(part)
    }
    expectError(await run(['secret', 'show', 'nothing']), ExitCode.NotFound, 'DBS-1005')
  })

  test('when the key changes, then the one before opens them until they are rotated, and a context key that is made meanwhile is not lost', async () => {
    const both = { DBSVC_SECRETS_KEY: second, DBSVC_SECRETS_PREVIOUS_KEY: first }
    const commands = [
      ['secret', 'rotate'],
      ['key', 'rotate'],
      ['secret', 'rotate'],
    ]
    for (const result of await Promise.all(commands.map((args) => run(args, both)))) expectExit(result, ExitCode.Ok)
    expectExit(await run(['secret', 'rotate'], both), ExitCode.Ok)
    const shown = await run(['secret', 'show', keyFile, '--json'], { DBSVC_SECRETS_KEY: second })
    const { keys } = JSON.parse(shown.json<{ secret: string }>().secret) as { keys: object }
    const before = (JSON.parse(clear[keyFile] ?? '') as { keys: object }).keys
    expect(Object.keys(keys)).toHaveLength(Object.keys(before).length + 1)

    const elsewhere = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
    await writeFile(join(elsewhere, passwordFile), clear[passwordFile] ?? '')
    await writeFile(join(elsewhere, keyFile), shown.json<{ secret: string }>().secret)
    const read = asCompany(given.database, { company: 'abc', directory: elsewhere }, 'select id from orders')
    expect(await read).toEqual([{ id: '1' }])
  })

  test('when a command prints the key, or a file has it, then it is used, and what it says when it fails is not printed', async () => {
    const printing = (script: string) => given.write('dbsvc.config.json', configWith(['sh', '-c', script]))
    const plain = await readFile(join(given.directory, 'dbsvc.config.json'), 'utf8')
    const configWith = (keyCommand: string[]): string =>
      JSON.stringify({ ...(JSON.parse(plain) as object), secrets: { directory: here, keyCommand } })
    await printing(`echo ${second}`)
    expectExit(await run(['secret', 'show', keyFile]), ExitCode.Ok)
    await given.write('sealing.key', `${second}\n`)
    const inFile = { directory: here, key: `\${file:sealing.key}` }
    await given.write('dbsvc.config.json', JSON.stringify({ ...(JSON.parse(plain) as object), secrets: inFile }))
    expectExit(await run(['secret', 'show', keyFile]), ExitCode.Ok)
    await printing('echo confidential; exit 1')
    const failed = await run(['secret', 'show', keyFile])
    expectError(failed, ExitCode.Configuration, 'DBS-1004')
    await given.write('dbsvc.config.json', plain)
  })

  test('when files change places, or one is changed, then neither is opened', async () => {
    const env = { DBSVC_SECRETS_KEY: second }
    const sealed = await textOf(passwordFile)
    await rename(join(here, passwordFile), join(here, 'other'))
    expectError(await run(['secret', 'show', 'other'], env), ExitCode.Configuration, 'DBS-1004')
    await rename(join(here, 'other'), join(here, passwordFile))
    await writeFile(
      join(here, passwordFile),
      sealed.replace(/.(?=.{8}\n$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    )
    expectError(await run(['secret', 'show', passwordFile], env), ExitCode.Configuration, 'DBS-1004')
    await writeFile(join(here, passwordFile), sealed)
    expectExit(await run(['secret', 'show', passwordFile], env), ExitCode.Ok)
  })

  const secretParts = (): string[] => {
    const { keys } = JSON.parse(clear[keyFile] ?? '') as { keys: Record<string, string> }
    return [...Object.values(keys), clear[passwordFile]?.trim() ?? '']
  }
})

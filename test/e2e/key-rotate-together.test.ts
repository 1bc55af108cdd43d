import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { expectExit, givenOrders, secretsDirectory } from './support/given.ts'

test('when several rotate the key on one machine at once, then the machine has the secret of each new key', async () => {
  const given = await givenOrders({ companies: ['abc'] })
  const directory = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
  for (const name of ['postgres-main-context-keys', 'postgres-main-service-password'])
    await cp(join(secretsDirectory(), name), join(directory, name))
  const env = { DBSVC_SECRETS_DIRECTORY: directory }

  const results = await Promise.all([1, 2, 3, 4].map(() => given.dbsvc(['key', 'rotate', '--json'], { env })))
  for (const result of results) expectExit(result, ExitCode.Ok)
  const made = results.map((result) => result.json<{ keyId: string }>().keyId)
  expect(new Set(made).size).toBe(4)

  const file = JSON.parse(await readFile(join(directory, 'postgres-main-context-keys'), 'utf8')) as {
    current: string
    keys: Record<string, string>
  }
  expect(Object.keys(file.keys)).toEqual(expect.arrayContaining(made))
  expect(made).toContain(file.current)
})

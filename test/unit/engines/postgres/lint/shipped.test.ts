import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectScopes } from '../../../../../src/core/migration/scope.ts'
import { rules } from '../../../../../src/engines/postgres/lint/rules/index.ts'
import { shippedPath } from '../../../../../src/shipped.ts'
import { lint, type Migrations } from './given-migrations.ts'

test.each([
  ['the schema that ships', join(shippedPath('migrations'), 'postgres')],
  ['a new project', join(shippedPath('templates'), 'project', 'migrations', 'postgres')],
])('given %s, then no error is found in it', async (_, folder) => {
  const found = await lint(rules, await read(folder))
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([])
})

async function read(folder: string): Promise<Migrations> {
  const files: [path: string, content: string][] = []
  for (const scope of projectScopes) {
    for (const name of await readdir(join(folder, scope))) {
      files.push([`${scope}/${name}`, await readFile(join(folder, scope, name), 'utf8')])
    }
  }
  return Object.fromEntries(files)
}

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from 'arangojs'
import { configSchema } from '../../src/config/schema.ts'
import type { TierLimits } from '../../src/core/company/tier.ts'
import { checksumOf, type MigrationFile, versionOf } from '../../src/core/migration/file.ts'
import type { ProjectScope } from '../../src/core/migration/scope.ts'
import { arango } from '../../src/engines/arango/engine.ts'
import type { StepOptions, Store, StoreCompany } from '../../src/engines/store.ts'
import { arangoServer, connectArango, type TestArango } from './arango.ts'

/** The password that the tests' key gives a company. */
export const passwordOf = (company: string): string => createHash('sha256').update(company).digest('base64url')

/** The server as dbsvc uses it: the run's own unless told otherwise. */
export async function arangoStore(server?: TestArango): Promise<Store> {
  const { url, user, password } = server ?? (await arangoServer())
  return arango.connect({
    config: configSchema.parse({ arango: { url, plaintext: true, user, password } }),
    application: 'test',
    passwordOf: async (company) => passwordOf(company),
  })
}

export const limits: TierLimits = configSchema.parse({}).tiers.free

export const companyNamed = (company: string): StoreCompany => ({ company, limits })

/** The company's database as its own user reaches it. */
export async function asCompany(company: string, server?: TestArango): Promise<Database> {
  const name = `tenant_${company}`
  return connectArango(server ?? (await arangoServer()), name, name, passwordOf(company))
}

/** The shipped migrations of a scope, or those of another folder, in the order of their names. */
export async function migrationsIn(scope: ProjectScope, folder = shippedFolder(scope)): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => /^\d/.test(name)).sort()
  return Promise.all(
    names.map(async (file): Promise<MigrationFile> => {
      const path = join(folder, file)
      const name = basename(file, extname(file))
      return { scope, name, version: versionOf(file) ?? '', path, checksum: checksumOf(await readFile(path, 'utf8')) }
    }),
  )
}

/** Applies all of these to one target, in order or backwards; with `inDoubt` each step may have been done already. */
export async function migrate(
  store: Store,
  company: string,
  files: readonly MigrationFile[],
  direction: 'up' | 'down' = 'up',
  inDoubt = false,
): Promise<void> {
  const scope = files[0]?.scope === 'shared' ? 'shared' : 'tenant'
  const compiled = await arango.compile(
    files,
    new Set(files.map(({ name }) => name)),
    direction,
    configSchema.parse({}),
  )
  for (const { steps } of direction === 'up' ? compiled : compiled.toReversed()) {
    for (const step of steps) await store.run({ scope, company }, step, stepOptions(inDoubt))
  }
}

export const stepOptions = (inDoubt = false): StepOptions => ({
  inDoubt,
  companies: async () => [],
  signal: new AbortController().signal,
})

const shippedFolder = (scope: ProjectScope): string =>
  fileURLToPath(new URL(`../../migrations/arango/${scope}`, import.meta.url))

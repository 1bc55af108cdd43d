import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { inject } from 'vitest'
import { compileMigrations } from '../../../src/engines/postgres/migration/compile.ts'
import { readMigrations } from '../../../src/engines/postgres/migration/folder.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { fingerprintSchemas } from '../../support/schema-fingerprint.ts'
import { outside, shared, tenant } from './migrations.ts'
import { filesOf, newProject, succeed } from './scenario.ts'

/** What a target looks like after so many migrations. */
export interface Reference {
  readonly shared: readonly string[]
  readonly tenant: readonly string[]
  /** The same after so many on the way back: a schema that a migration needed stays behind. */
  readonly tenantBack: Readonly<Record<number, string>>
  /** How many migrations come before the one that runs outside of a transaction. */
  readonly outsideAt: number
  /** Without protections, after so many of its statements. */
  readonly outsideSteps: readonly string[]
}

/** The same for all test files of a run: the first one makes it. */
export async function makeReference(): Promise<Reference> {
  const file = join(inject('runDirectory'), 'reference.json')
  const known = await readFile(file, 'utf8').catch(() => null)
  if (known !== null) return JSON.parse(known) as Reference
  const reference = await takeThrough()
  // Whole at once, as another may read it meanwhile.
  await writeFile(`${file}.${process.pid}`, JSON.stringify(reference))
  await rename(`${file}.${process.pid}`, file)
  return reference
}

/** Takes one company through all migrations one by one, undisturbed. */
async function takeThrough(): Promise<Reference> {
  const { database, project } = await newProject(undefined, 0, 0)
  const client = await database.connect()
  await succeed(project, ['migrate', 'up'])
  await succeed(project, ['tenant', 'create', 'ref'])
  for (const [path, content] of [...filesOf('shared', shared, 9), ...filesOf('tenant', tenant, 9)]) {
    await project.write(join('migrations', path), content)
  }
  const sharedStates = [describeShared(await readSchemas(client))]
  for (const name of Object.keys(shared)) {
    await succeed(project, ['migrate', 'up', '--scope', 'shared', '--to', versionOf(name)])
    sharedStates.push(describeShared(await readSchemas(client)))
  }
  const outsideAt = Object.keys(tenant).findIndex((name) => name.startsWith(outside))
  const tenantStates = [describeCompany('ref', await readSchemas(client))]
  let before: TestDatabase | undefined
  for (const [index, name] of Object.keys(tenant).entries()) {
    if (index === outsideAt) {
      await client.end()
      before = await createDatabase(database, database.database)
    }
    await succeed(project, ['migrate', 'up', '--scope', 'tenant', '--to', versionOf(name)])
    const reader = await database.connect()
    tenantStates.push(describeCompany('ref', await readSchemas(reader)))
    await reader.end()
  }
  const tenantBack: Record<number, string> = {}
  for (const left of [tenantStates.length - 2, tenantStates.length - 3]) {
    await succeed(project, ['migrate', 'down'])
    const reader = await database.connect()
    tenantBack[left] = describeCompany('ref', await readSchemas(reader))
    await reader.end()
  }
  if (before === undefined) throw new Error(`no migration is called ${outside}`)
  const folder = join(project.directory, 'migrations', 'postgres', 'tenant')
  return {
    shared: sharedStates,
    tenant: tenantStates,
    tenantBack,
    outsideAt,
    outsideSteps: await runOutside(before, folder),
  }
}

async function runOutside(database: TestDatabase, folder: string): Promise<string[]> {
  const files = await readMigrations(folder, 'tenant')
  const [migration] = await compileMigrations(files, new Set([outside]), 'up')
  const client = await database.connect()
  await client.query('set role dbsvc_owner; set search_path = tenant_ref')
  const states = [withoutProtections(describeCompany('ref', await readSchemas(client)))]
  for (const sql of migration?.sql?.steps ?? []) {
    await client.query(sql)
    await client.query('set search_path = tenant_ref')
    states.push(withoutProtections(describeCompany('ref', await readSchemas(client))))
  }
  return states
}

const versionOf = (name: string): string => name.slice(0, 4)

async function readSchemas(client: Client): Promise<Record<string, string>> {
  return fingerprintSchemas(client, ['public', 'private_shared', 'tenant_ref', 'private_ref'], { protections: true })
}

type Schemas = Readonly<Record<string, string>>

export const describeShared = (schemas: Schemas): string =>
  [schemas.public, schemas.private_shared].filter((text) => text !== undefined).join('\n')

/** The same for every company in the same state. */
export const describeCompany = (company: string, schemas: Schemas): string =>
  [schemas[`tenant_${company}`], schemas[`private_${company}`]]
    .filter((text) => text !== undefined)
    .join('\n')
    .replaceAll(new RegExp(`\\b(tenant|private)_${company}\\b`, 'g'), '$1_company')
    .replaceAll(`'${company}'`, `'company'`)

/** Leaves out indexes that a CREATE INDEX CONCURRENTLY was cut off in, too: no query uses them. */
export const withoutProtections = (description: string): string =>
  description
    .split('\n')
    .filter((line) => !/^(policy|security of|grant|owner of) |^index .* invalid$/.test(line))
    .join('\n')

import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { createDatabase, type TestDatabase } from './database.ts'
import { runDbsvc } from './dbsvc.ts'
import { runNodePgMigrate } from './node-pg-migrate.ts'
import { createProject, type TestProject } from './project.ts'
import { fingerprintSchemas } from './schema-fingerprint.ts'

/** One folder of migrations, run by dbsvc and by node-pg-migrate, each in a database of its own. */
export interface MigratedTwice {
  readonly ours: TestDatabase
  readonly peers: TestDatabase
  readonly project: TestProject
  /** Undoes everything, both ways. */
  undo(): Promise<void>
  /** Compares what both have made in every schema; returns what it is, by schema. */
  compare(): Promise<Record<string, string>>
}

/** dbsvc's ways to the same schema: shared, companies that were there before the migrations, and such that came after, alone and in a batch. */
const scopeOf = {
  public: 'shared',
  tenant_early: 'tenant',
  tenant_earlier: 'tenant',
  tenant_late: 'tenant',
  tenant_later: 'tenant',
  tenant_latest: 'tenant',
}

export const schemas = Object.keys(scopeOf)

let prepared: Promise<string> | undefined

/** A cluster that dbsvc has set up, with two companies, and without any migrations. */
async function prepareTemplate(): Promise<string> {
  const database = await createDatabase()
  const project = await createProject({ database, migrations: { 'postgres/shared/.keep': '' } })
  await succeed(project, 'migrate', 'up')
  await succeed(project, 'tenant', 'create', 'early', 'earlier')
  return database.database
}

/** `files` is content by file name; the same files are the shared and the tenant migrations. */
export async function migrateTwice(files: Readonly<Record<string, string>>): Promise<MigratedTwice> {
  prepared ??= prepareTemplate()
  const ours = await createDatabase(inject('postgres'), await prepared)
  const peers = await createDatabase()
  const migrations = ['shared', 'tenant'].flatMap((scope) =>
    Object.entries(files).map(([name, content]) => [`postgres/${scope}/${name}`, content]),
  )
  const project = await createProject({ database: ours, migrations: Object.fromEntries(migrations) })
  await succeed(project, 'migrate', 'up')
  await succeed(project, 'tenant', 'create', 'late')
  await succeed(project, 'tenant', 'create', 'later', 'latest')
  await runPeer('up')
  return { ours, peers, project, undo, compare }

  async function runPeer(direction: 'up' | 'down'): Promise<void> {
    for (const [schema, scope] of Object.entries(scopeOf)) {
      await runNodePgMigrate(peers, join(project.directory, 'migrations', 'postgres', scope), schema, direction)
    }
  }

  async function undo(): Promise<void> {
    await succeed(project, 'migrate', 'down', '--to', '0')
    await succeed(project, 'migrate', 'down', '--scope', 'shared', '--to', '0')
    await runPeer('down')
  }

  async function compare(): Promise<Record<string, string>> {
    const [our, peer] = await Promise.all([describeAll(ours), describeAll(peers)])
    expect(our).toEqual(peer)
    return our
  }
}

async function describeAll(database: TestDatabase): Promise<Record<string, string>> {
  const client = await database.connect()
  const described = await fingerprintSchemas(client, schemas)
  await client.end()
  return described
}

/** Runs dbsvc to its end; what it says is in the failure when it does not succeed. */
async function succeed(project: TestProject, ...args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runDbsvc(args, { cwd: project.directory })
  if (exitCode !== 0) throw new Error(`dbsvc ${args.join(' ')} exited with ${exitCode}\n${stdout}${stderr}`)
}

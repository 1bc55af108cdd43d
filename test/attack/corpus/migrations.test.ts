import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import type { TestDatabase } from '../../support/database.ts'
import { type DbsvcResult, runDbsvc } from '../../support/dbsvc.ts'
import { createProject } from '../../support/project.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { blindAttempts, type MigrationAttempt, protectedAttempts, reachingAttempts } from './migrations/files.ts'
import { type Credentials, readCredentials, sharedRoleDoor } from './runner/doors.ts'
import { guard } from './runner/mechanism.ts'
import { createScene, rowCanary, type Scene } from './runner/scene.ts'
import { tally } from './runner/tally.ts'
import type { Told } from './runner/transcript.ts'

const seesAll = `
  create or replace function dbsvc.owner_sees_all() returns boolean language sql stable return true;
  grant execute on function dbsvc.owner_sees_all to public`
const shipped = join(import.meta.dirname, '..', '..', '..', 'migrations', 'postgres')
const counted = { family: 'migrations', engine: 'postgres' } as const

let server: EmbeddedPostgres
let scene: Scene
let credentials: Credentials

beforeAll(async () => {
  const settings = { fsync: 'off', max_connections: '100', max_locks_per_transaction: '256' }
  server = await startEmbeddedPostgres({ directory: await ownDirectory('migrations'), port: 0, settings })
  scene = await createScene(server)
  credentials = await readCredentials(join(inject('runDirectory'), `secrets-${server.port}`))
}, 120_000)
afterAll(() => server?.stop('immediate'))

/** dbsvc on a throw-away copy, in a project with the migrations that ship and this one. */
async function given(
  file: string,
): Promise<{ database: TestDatabase; dbsvc(...args: string[]): Promise<DbsvcResult> }> {
  const database = await scene.copy()
  const migrations = { ...(await shippedFiles()), 'postgres/tenant/0099_attack.sql': `-- Up Migration\n${file}\n` }
  const directory = join(inject('runDirectory'), `secrets-${server.port}`)
  const project = await createProject({ database, migrations, config: { secrets: { directory } } })
  return { database, dbsvc: (...args) => runDbsvc(args, { cwd: project.directory }) }
}

async function shippedFiles(): Promise<Record<string, string>> {
  const files: [string, string][] = []
  for (const scope of ['shared', 'tenant']) {
    for (const name of await readdir(join(shipped, scope))) {
      files.push([`postgres/${scope}/${name}`, await readFile(join(shipped, scope, name), 'utf8')])
    }
  }
  return Object.fromEntries(files)
}

async function ask(
  database: TestDatabase,
  asked: MigrationAttempt['asked'],
): Promise<{ verdict: string; bytes: string }> {
  const technique = {
    name: 'a migration',
    entry: 'shared role',
    secret: 'rows of the victim',
    refusal: /./,
    mechanism: guard,
    success: 'canary',
    honest: '',
    variants: {},
  } as const
  const { told } = await sharedRoleDoor(database, credentials).send(technique, asked)
  const last = told.at(-1) as Told
  return { verdict: last.verdict, bytes: told.map(({ bytes }) => bytes).join('\n') }
}

describe('a migration of the companies that reaches for more', () => {
  test.for(protectedAttempts)('$name, held by dbsvc.protect', ({ file, asked, refusal }, context) =>
    tally(context, counted, async () => {
      const held = await given(file)
      const applied = await held.dbsvc('migrate', 'up')
      expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)
      const told = await ask(held.database, asked)
      expect(told.bytes).not.toMatch(rowCanary)
      expect(told.verdict).toMatch(refusal)
      expect((await ask(held.database, 'select * from users')).bytes).toContain('own_u1')

      const bare = await given(file)
      await bare.database.query(`
        create or replace function dbsvc.protect(p_scope text, p_schemas text[]) returns void language sql as 'select';
        create or replace function dbsvc.require_protected(p_scope text, p_schemas text[]) returns void language sql as 'select'`)
      // What dbsvc_owner sees would hold a view over a shared table besides; that is tried by itself below.
      await bare.database.query(seesAll)
      expect((await bare.dbsvc('migrate', 'up')).exitCode).toBe(0)
      const without = await ask(bare.database, asked)
      expect(without.bytes, 'without dbsvc.protect').toMatch(rowCanary)
    }))

  test.for(blindAttempts)('$name, held by what dbsvc_owner sees', ({ file, asked, refusal, stops }, context) =>
    tally(context, counted, async () => {
      const held = await given(file)
      const applied = await held.dbsvc('migrate', 'up')
      if (stops === 'migrate up') {
        expect(applied.exitCode).toBe(1)
        expect(applied.stdout + applied.stderr).toMatch(refusal)
      } else {
        expect(applied.exitCode, applied.stdout + applied.stderr).toBe(0)
        const told = await ask(held.database, asked)
        expect(told.bytes).not.toMatch(rowCanary)
        expect(told.verdict).toMatch(refusal)
      }
      expect((await ask(held.database, 'select * from users')).bytes).toContain('own_u1')

      const bare = await given(file)
      await bare.database.query(seesAll)
      expect((await bare.dbsvc('migrate', 'up')).exitCode).toBe(0)
      expect((await ask(bare.database, asked)).bytes, 'with owner_sees_all gone').toMatch(rowCanary)
    }))

  test.for(reachingAttempts)('$name, refused by migrate up', ({ file, asked, refusal, rule }, context) =>
    tally(context, counted, async () => {
      const held = await given(file)
      const found = await held.dbsvc('lint')
      expect(found.exitCode).not.toBe(0)
      expect(found.stdout + found.stderr).toContain(rule)
      const refused = await held.dbsvc('migrate', 'up')
      expect(refused.exitCode).toBe(5)
      expect(refused.stdout + refused.stderr).toMatch(refusal)
      expect((await ask(held.database, asked)).bytes).not.toMatch(rowCanary)
      expect((await ask(held.database, 'select * from users')).bytes).toContain('own_u1')

      // Each statement that the rule finds has to say it.
      const meant = `\n-- dbsvc: allow ${rule} because the mechanism is taken away here\n`
      const bare = await given(file.replaceAll(/^|(?<=; )(?=set local role)/g, meant))
      expect((await bare.dbsvc('migrate', 'up')).exitCode).toBe(0)
      expect((await ask(bare.database, asked)).bytes, 'where it is said to be meant').toMatch(rowCanary)
    }))
})

import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { inject } from 'vitest'
import { openSecretStore, type SecretStore } from '../../src/config/secrets/store.ts'
import { ensureContextKey } from '../../src/engines/postgres/context/key-ring.ts'
import { ensurePasswords, readPassword, sharedLogin } from '../../src/engines/postgres/logins.ts'
import type { TestDatabase } from './database.ts'

const migrations = fileURLToPath(new URL('../../migrations/postgres', import.meta.url))

/** What is needed to log in as database_service_role and to sign contexts. */
export interface InstalledSchema {
  readonly cluster: string
  /** Holds the context keys of this database only. */
  readonly keys: SecretStore
  readonly servicePassword: string
}

/** Executes the control and the shared migrations. */
export async function installSchema(database: TestDatabase): Promise<void> {
  const client = await database.connect()
  await alone(database, async () => {
    for (const sql of await upMigrations('control')) await client.query(sql)
    await ensurePasswords(client, secrets(), {}, () => {})
  })
  await asOwner(database, 'public', await upMigrations('shared'))
  await client.end()
}

/** Makes a context key for a database that has the schema. */
export async function openSchema(database: TestDatabase): Promise<InstalledSchema> {
  const cluster = 'main'
  const keys = openSecretStore(await mkdtemp(join(inject('runDirectory'), 'keys-')))
  const client = await database.connect()
  await ensureContextKey(client, keys, cluster)
  await client.end()
  return { cluster, keys, servicePassword: (await readPassword(secrets(), sharedLogin, {})) ?? '' }
}

/** The shared role's password belongs to the server. */
const secrets = (): SecretStore => openSecretStore(join(inject('runDirectory'), 'secrets'))

/** Roles belong to the server that all test files share, and PostgreSQL refuses to change one twice at a time. */
async function alone(database: TestDatabase, work: () => Promise<void>): Promise<void> {
  const { host, port, user, password } = database
  // Advisory locks belong to a database; all meet in this one.
  const client = new Client({ host, port, user, password, database: 'postgres', ssl: false })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('install-schema'))`)
    await work()
  } finally {
    await client.end()
  }
}

/** Makes a company the way `dbsvc tenant create` does; `files` replace the tenant migrations that ship. */
export async function provisionCompany(
  database: TestDatabase,
  company: string,
  files?: readonly string[],
): Promise<void> {
  const schema = `tenant_${company}`
  await database.query(`
    create schema ${schema} authorization dbsvc_owner;
    grant usage on schema ${schema} to database_service_role;
    alter default privileges for role dbsvc_owner in schema ${schema}
      grant select, insert, update, delete on tables to database_service_role;
    insert into dbsvc.companies (company_id, name, tier, state) values ('${company}', '${company}', 'free', 'active');`)
  await asOwner(database, schema, files ?? (await upMigrations('tenant')))
}

/** Gives a company a LOGIN role of its own, named as its schema. */
export async function provisionLogin(database: TestDatabase, company: string, password: string): Promise<string> {
  const role = `tenant_${company}`
  await database.query(`
    create role ${role} login password '${password}' in role dbsvc_companies;
    alter role ${role} set app.current_company_id = '${company}';
    alter role ${role} set search_path = ${role}, public;
    grant usage on schema ${role} to ${role};
    grant select, insert, update, delete on all tables in schema ${role} to ${role};
    update dbsvc.companies set login_role = '${role}' where company_id = '${company}';`)
  return role
}

/** Runs migrations of one schema as dbsvc does: as the owner, with the schema in front, protected in the same transaction. */
export async function asOwner(database: TestDatabase, schema: string, files: readonly string[]): Promise<void> {
  const scope = schema === 'public' ? 'shared' : 'tenant'
  const path = schema === 'public' ? 'public' : `${schema}, public`
  await database.query(`
    begin;
    set local role dbsvc_owner;
    set local search_path = ${path};
    ${files.join('\n')}
    select dbsvc.protect('${scope}', array['${schema}']);
    select dbsvc.require_protected('${scope}', array['${schema}']);
    commit;`)
}

async function upMigrations(scope: string): Promise<string[]> {
  const folder = join(migrations, scope)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.map((text) => text.split('-- Down Migration')[0] ?? '')
}

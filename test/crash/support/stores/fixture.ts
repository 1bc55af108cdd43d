import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inject } from 'vitest'
import { companyPasswords } from '../../../../src/app/stores/company-passwords.ts'
import { type Config, configSchema } from '../../../../src/config/schema.ts'
import { openSecretStore } from '../../../../src/config/secrets/store.ts'
import type { ProjectScope } from '../../../../src/core/migration/scope.ts'
import { readMigrations } from '../../../../src/engines/postgres/migration/folder.ts'
import type { Store } from '../../../../src/engines/store.ts'
import { createDatabase, type TestDatabase } from '../../../support/database.ts'
import { createProject, type TestProject } from '../../../support/project.ts'
import { uniqueName } from '../../../support/unique-name.ts'
import { succeed } from '../scenario.ts'
import type { CrashedStore, CrashHarness } from './harness.ts'

const postgres = {
  'postgres/shared/.keep': '',
  'postgres/tenant/0001_orders.sql': `-- Up Migration
create table orders (id int primary key);
insert into orders values (1), (2);
-- Down Migration
drop table orders;`,
  'postgres/tenant/0002_notes.sql': `-- Up Migration
create table notes (id int primary key);
-- Down Migration
drop table notes;`,
}

/** How far everything is before a run is struck. */
export interface Start {
  /** Migrations of each scope, of those that there are. */
  readonly migrations: 1 | 2
  readonly placed: readonly string[]
  /** Active and suspended, from before the store was configured. */
  readonly unplaced: readonly string[]
}

/** One store and the databases of PostgreSQL that belong to it; every run starts from copies of them. */
export class Fixture {
  readonly harness: CrashHarness
  server: CrashedStore
  store: Store
  /** a, b and c are created, d and e were there before the store. */
  readonly companies: { readonly [letter in 'a' | 'b' | 'c' | 'd' | 'e']: string }
  readonly #templates = new Map<string, TestDatabase>()

  private constructor(harness: CrashHarness, server: CrashedStore, store: Store) {
    this.harness = harness
    this.server = server
    this.store = store
    const stem = uniqueName('crash')
    this.companies = { a: `${stem}_a`, b: `${stem}_b`, c: `${stem}_c`, d: `${stem}_d`, e: `${stem}_e` }
  }

  static async open(harness: CrashHarness): Promise<Fixture> {
    const server = await harness.open()
    return Fixture.on(harness, server)
  }

  static async on(harness: CrashHarness, server: CrashedStore): Promise<Fixture> {
    return new Fixture(harness, server, await connect(harness, server))
  }

  /** To the same server, which has been started again at the same place. */
  async reconnect(server: CrashedStore): Promise<void> {
    await this.store.close().catch(() => {})
    this.server = server
    this.store = await connect(this.harness, server)
  }

  /** A project on a copy of a cluster that is so far, with the store in the same state and all migrations in the folder. */
  async begin(start: Start): Promise<{ database: TestDatabase; project: TestProject }> {
    const key = JSON.stringify(start)
    const template = this.#templates.get(key) ?? (await this.#prepare(start))
    this.#templates.set(key, template)
    await this.#reset(start)
    const database = await createDatabase(inject('postgres'), template.database)
    return { database, project: await this.#project(database, 2) }
  }

  async #prepare({ migrations, placed, unplaced }: Start): Promise<TestDatabase> {
    await this.#clear()
    const database = await createDatabase()
    const project = await this.#project(database, migrations)
    await succeed(project, ['migrate', 'up'])
    if (placed.length > 0) await succeed(project, ['tenant', 'create', ...placed])
    const [first, second] = unplaced
    if (first !== undefined && second !== undefined) {
      const file = join(project.directory, 'dbsvc.config.json')
      const config = await readFile(file, 'utf8')
      const without = { ...JSON.parse(config), [this.harness.engine.name]: undefined }
      await writeFile(file, JSON.stringify(without))
      await succeed(project, ['tenant', 'create', first, second])
      await succeed(project, ['tenant', 'suspend', second])
      await writeFile(file, config)
    }
    return database
  }

  #project(database: TestDatabase, migrations: 1 | 2): Promise<TestProject> {
    const { harness, server } = this
    const own = Object.entries(harness.migrations).map(([path, text]) => [`${harness.engine.name}/${path}`, text])
    const files = [...Object.entries(postgres), ...own].filter(
      ([path]) => migrations === 2 || !path?.includes('/0002_'),
    )
    return createProject({ database, migrations: Object.fromEntries(files), config: server.section(server.url) })
  }

  /** Nothing of an earlier run may be what a later one is judged by. */
  async #clear(): Promise<void> {
    const { server, store } = this
    for (const company of Object.values(this.companies)) {
      await store.deprovision(company)
      const left = await server.traces(company)
      if (left.length > 0) throw new Error(`before a run there is ${left.join(', ')}`)
    }
    await server.clearShared()
  }

  /** The store alone, as the template's own commands have left it. */
  async #reset({ migrations, placed }: Start): Promise<void> {
    const { server, store } = this
    await this.#clear()
    const config = configOf(server)
    await this.#migrate('shared', '', migrations, config)
    await store.provision(placed.map((company) => ({ company, limits: config.tiers.free })))
    for (const company of placed) {
      await this.#migrate('tenant', company, migrations, config)
      await server.fill(company)
    }
  }

  #files?: Promise<TestProject>

  async #migrate(scope: ProjectScope, company: string, count: number, config: Config): Promise<void> {
    const { engine } = this.harness
    if (Object.keys(this.harness.migrations).length === 0) return
    this.#files ??= createDatabase().then((database) => this.#project(database, 2))
    const folder = join((await this.#files).directory, 'migrations', engine.name, scope)
    const files = (await readMigrations(folder, scope, engine.extensions)).slice(0, count)
    const compiled = await engine.compile(files, new Set(files.map(({ name }) => name)), 'up', config)
    const options = { inDoubt: false, companies: async () => [], signal: new AbortController().signal }
    for (const step of compiled.flatMap(({ steps }) => [...steps])) {
      await this.store.run({ scope, company }, step, options)
    }
  }
}

function connect({ engine }: CrashHarness, server: CrashedStore): Promise<Store> {
  const secrets = openSecretStore(join(inject('runDirectory'), 'secrets'))
  return engine.connect({
    config: configOf(server),
    application: 'dbsvc crash test',
    passwordOf: companyPasswords(secrets, engine.name),
  })
}

const configOf = (server: CrashedStore): Config => configSchema.parse(server.section(server.url))

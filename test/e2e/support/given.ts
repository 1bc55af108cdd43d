import { expect, inject } from 'vitest'
import { ExitCode } from '../../../src/core/exit-codes.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { type DbsvcOptions, type DbsvcResult, type RunningDbsvc, runDbsvc, spawnDbsvc } from '../../support/dbsvc.ts'
import { createProject, type TestProject, type TestProjectOptions } from '../../support/project.ts'
import { copyOfTemplate } from '../../support/template-database.ts'

type Surroundings = Omit<DbsvcOptions, 'cwd'>

/** A project with a database of its own, and dbsvc to run in it. */
export interface Given extends TestProject {
  readonly database: TestDatabase
  dbsvc(args: readonly string[], options?: Surroundings): Promise<DbsvcResult>
  start(args: readonly string[], options?: Surroundings): RunningDbsvc
}

export type GivenOptions = Omit<TestProjectOptions, 'database'>

export async function givenProject(options: GivenOptions = {}): Promise<Given> {
  return givenProjectOn(await createDatabase(), options)
}

async function givenProjectOn(database: TestDatabase, options: GivenOptions): Promise<Given> {
  const project = await createProject({ ...options, database })
  return {
    ...project,
    database,
    dbsvc: (args, surroundings) => runDbsvc(args, { cwd: project.directory, ...surroundings }),
    start: (args, surroundings) => spawnDbsvc(args, { cwd: project.directory, ...surroundings }),
  }
}

/** The same, migrated, with companies in it. */
export async function givenCluster({
  companies = [],
  ...options
}: GivenOptions & { companies?: readonly string[] } = {}): Promise<Given> {
  const setUp = async (given: Given): Promise<Given> => {
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    if (companies.length > 0) expectExit(await given.dbsvc(['tenant', 'create', ...companies]), ExitCode.Ok)
    return given
  }
  // What is configured may be places outside of the database.
  if (options.config !== undefined) return setUp(await givenProject(options))
  const make = async (template: TestDatabase): Promise<void> =>
    void (await setUp(await givenProjectOn(template, options)))
  return givenProjectOn(await copyOfTemplate(['given', options, companies], make), options)
}

/** A cluster whose companies have orders (id, amount), and no shared tables. */
export function givenOrders(options: Parameters<typeof givenCluster>[0] = {}): Promise<Given> {
  return givenCluster({ ...options, migrations: { 'postgres/tenant/0001_orders.sql': orders, ...options.migrations } })
}

export const orders = migration(
  'create table orders (id bigint primary key, amount numeric(12, 2) not null);',
  'drop table orders;',
)

/** The text of a .sql migration. */
export function migration(up: string, down?: string): string {
  return `-- Up Migration\n${up}\n${down === undefined ? '' : `\n-- Down Migration\n${down}\n`}`
}

/** What dbsvc keeps for the run; every project of it shares them. */
export const secretsDirectory = (): string => `${inject('runDirectory')}/secrets`

export function expectExit(result: DbsvcResult, exitCode: ExitCode): void {
  expect(result.exitCode, `stdout: ${result.stdout.slice(0, 2000)}\nstderr: ${result.stderr.slice(0, 2000)}`).toBe(
    exitCode,
  )
}

/** The run failed with this error of the catalogue, and said so to people. */
export function expectError(result: DbsvcResult, exitCode: ExitCode, code: string): void {
  expectExit(result, exitCode)
  expect(result.stderr).toMatch(/^error: /m)
  expect(result.stderr).toContain(`(${code})`)
}

/** What `--json` prints of a failure. */
export interface ErrorDocument<Details = Record<string, unknown>> {
  readonly schema: 'dbsvc/error/1'
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly details: Details
  }
}

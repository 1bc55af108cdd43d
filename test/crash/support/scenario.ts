import { inject } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { type DbsvcResult, runDbsvc } from '../../support/dbsvc.ts'
import { createProject, type TestProject } from '../../support/project.ts'
import { copyOfTemplate } from '../../support/template-database.ts'
import { companies, shared, tenant } from './migrations.ts'

/** A command, and the state of the database it starts from. */
export interface Scenario {
  readonly args: readonly string[]
  /** Whether a company that is active must have all migrations. */
  readonly whole: boolean
  /** Whether what is left of it may be half-way until it is finished. */
  readonly divisible?: true
  /** How it is finished when that is not by running it again; `null` when it is finished. */
  readonly finish?: (project: TestProject) => Promise<readonly string[] | null>
  /** Makes the database that every run starts from a copy of; null is an empty one. */
  readonly prepare: (() => Promise<TestDatabase>) | null
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a first migrate up': { args: ['migrate', 'up'], whole: true, prepare: null },
  'a tenant create of 30': {
    args: ['tenant', 'create', ...companies],
    whole: true,
    prepare: () => prepared(2, 5, ['migrate', 'up']),
  },
  'a migrate up of 30': {
    args: ['migrate', 'up'],
    whole: false,
    prepare: () => prepared(1, 1, ['migrate', 'up'], ['tenant', 'create', ...companies]),
  },
  'a migrate down of 30': {
    args: ['migrate', 'down', '--steps', '2'],
    whole: false,
    prepare: prepareAll,
    finish: resume(['migrate', 'down', '--steps', '2']),
  },
  'a migrate redo of 30': {
    args: ['migrate', 'redo'],
    whole: false,
    prepare: prepareAll,
    finish: resume(['migrate', 'redo']),
  },
  'a tenant drop': {
    args: ['tenant', 'drop', 'c07', '--confirm', 'c07'],
    whole: false,
    divisible: true,
    prepare: prepareAll,
    finish: dropAgain('c07'),
  },
}

/** All companies with all migrations. */
function prepareAll(): Promise<TestDatabase> {
  return prepared(2, 5, ['migrate', 'up'], ['tenant', 'create', ...companies])
}

/** What these commands make of the first so many migrations of each scope. */
function prepared(sharedCount: number, tenantCount: number, ...commands: string[][]): Promise<TestDatabase> {
  return copyOfTemplate(['crash', sharedCount, tenantCount, commands], async (template) => {
    const project = await projectOn(template, sharedCount, tenantCount)
    for (const args of commands) await succeed(project, args)
  })
}

type Finish = NonNullable<Scenario['finish']>

/** Another `migrate down` would go down once more: the run itself is gone on with, if it had begun. */
export function resume(args: readonly string[]): Finish {
  const command = args.slice(0, 2).join(' ')
  return async (project) => {
    const { runs } = (await succeed(project, ['migrate', 'runs', '--json'])).json<{
      runs: { runId: string; command: string; state: string }[]
    }>()
    const run = runs.find((one) => one.command === command)
    if (run === undefined) return args
    return run.state === 'succeeded' ? null : ['migrate', 'resume', run.runId]
  }
}

/** One that is gone cannot be dropped. */
export function dropAgain(company: string): Finish {
  return async (project) => {
    const { companies: left } = (await succeed(project, ['tenant', 'list', '--json'])).json<{
      companies: { company: string }[]
    }>()
    return left.some((one) => one.company === company) ? ['tenant', 'drop', company, '--confirm', company] : null
  }
}

/** A project with the first so many migrations of each scope, on a copy of `template`. */
export async function newProject(
  template: TestDatabase | undefined,
  sharedCount: number,
  tenantCount: number,
): Promise<{ database: TestDatabase; project: TestProject }> {
  const database = await createDatabase(inject('postgres'), template?.database)
  return { database, project: await projectOn(database, sharedCount, tenantCount) }
}

function projectOn(database: TestDatabase, sharedCount: number, tenantCount: number): Promise<TestProject> {
  const files = [
    // The folder must be there, or the schema that ships with dbsvc is taken.
    ['postgres/.keep', ''],
    ...filesOf('shared', shared, sharedCount),
    ...filesOf('tenant', tenant, tenantCount),
  ]
  return createProject({ database, migrations: Object.fromEntries(files) })
}

export const filesOf = (scope: string, files: Readonly<Record<string, string>>, count: number): [string, string][] =>
  Object.entries(files)
    .slice(0, count)
    .map(([name, content]) => [`postgres/${scope}/${name}`, content])

/** Runs dbsvc, which must succeed; what it says is in the failure when it does not. */
export async function succeed(project: TestProject, args: readonly string[]): Promise<DbsvcResult> {
  const result = await runDbsvc(args, { cwd: project.directory, timeoutMs: 120_000 })
  if (result.exitCode === 0) return result
  throw new Error(
    `dbsvc ${args.join(' ').slice(0, 60)} exited with ${result.exitCode}\n${result.stdout}${result.stderr}`,
  )
}

import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, inject } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { type DbsvcOptions, type DbsvcResult, runDbsvc, spawnDbsvc } from '../../support/dbsvc.ts'
import { createProject } from '../../support/project.ts'
import type { TestServer } from '../../support/server.ts'
import { copyOfTemplate } from '../../support/template-database.ts'
import { expectExit, type Given, type GivenOptions } from './given.ts'
import { portOf, standBefore } from './older-release.ts'

const servers: EmbeddedPostgres[] = []
afterAll(async () => {
  for (const server of servers) await server.stop('immediate')
})

export interface OwnServerOptions {
  /** Over PostgreSQL's defaults, which other tests do not run with. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where its data goes; a new folder by default. */
  readonly directory?: string
}

/** A server for one test file: roles and settings, which doctor looks at, belong to a whole server. */
export async function startOwnServer({ settings = {}, directory }: OwnServerOptions = {}): Promise<EmbeddedPostgres> {
  const place = directory ?? (await mkdtemp(join(inject('runDirectory'), 'server-')))
  const server = await startEmbeddedPostgres({ directory: place, port: 0, settings })
  servers.push(server)
  return server
}

/**
 * The same, which says of itself that it is a release without known holes: PostgreSQL is ahead of the release that there is a package
 * of, and doctor rightly says so.
 */
export async function startFlawlessServer(): Promise<TestServer> {
  const server = await startOwnServer()
  const before = await standBefore(server.port, 180_006)
  afterAll(() => void before.close())
  return { ...server, port: portOf(before) }
}

/** A project on a server of its own, with secrets of its own and the password outside of its configuration file. */
export interface Patient extends Given {
  /** Absolute. */
  readonly secrets: string
  /** What `dbsvc doctor --json` says with these flags. */
  examine(flags?: readonly string[], options?: Omit<DbsvcOptions, 'cwd'>): Promise<Diagnosis>
}

export interface Found {
  readonly id: string
  readonly check: string
  readonly severity: string
  readonly message: string
  readonly means: string
  readonly mend: string | null
  readonly fixable: boolean
  readonly fixed: boolean
}

export interface Diagnosis {
  readonly schema: string
  readonly place: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly checks: readonly { readonly id: string; readonly outcome: string; readonly durationMs: number }[]
  readonly findings: readonly Found[]
  readonly counts: Readonly<Record<string, number>>
  readonly exitCode: number | null
}

export async function givenPatient(server: TestServer, options: GivenOptions = {}): Promise<Patient> {
  return givenPatientOn(await createDatabase(server), server, options)
}

async function givenPatientOn(database: TestDatabase, server: TestServer, options: GivenOptions): Promise<Patient> {
  const secrets = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
  const project = await createProject({
    ...options,
    database,
    config: {
      ...options.config,
      postgres: { password: `\${env:DATABASE_PASSWORD}`, ...options.config?.postgres },
      secrets: { directory: secrets, ...options.config?.secrets },
    },
  })
  const surroundings = (extra: Omit<DbsvcOptions, 'cwd'> = {}): DbsvcOptions => ({
    ...extra,
    cwd: project.directory,
    env: { DATABASE_PASSWORD: server.password, ...extra.env },
  })
  const dbsvc = (args: readonly string[], extra?: Omit<DbsvcOptions, 'cwd'>): Promise<DbsvcResult> =>
    runDbsvc(args, surroundings(extra))
  return {
    ...project,
    database,
    secrets,
    dbsvc,
    start: (args, extra) => spawnDbsvc(args, surroundings(extra)),
    async examine(flags = [], extra) {
      const result = await dbsvc(['doctor', '--json', ...flags], extra)
      return { ...result.json<Omit<Diagnosis, 'exitCode'>>(), exitCode: result.exitCode }
    },
  }
}

/** The same, set up, with companies in it. */
export async function givenSetUpPatient(
  server: TestServer,
  { companies = [], ...options }: GivenOptions & { companies?: readonly string[] } = {},
): Promise<Patient> {
  const setUp = async (patient: Patient): Promise<Patient> => {
    expectExit(await patient.dbsvc(['migrate', 'up']), 0)
    if (companies.length > 0) expectExit(await patient.dbsvc(['tenant', 'create', ...companies]), 0)
    return patient
  }
  // A copy is no good to whoever lacks the keys of the first.
  if (options.config?.secrets === undefined) return setUp(await givenPatient(server, options))
  const make = async (template: TestDatabase): Promise<void> =>
    void (await setUp(await givenPatientOn(template, server, options)))
  const database = await copyOfTemplate(['patient', options, companies], make, server)
  return givenPatientOn(database, server, options)
}

/** Everything a diagnosis names, as `check finding`. */
export const named = ({ findings }: Diagnosis): string[] => findings.map(({ check, id }) => `${check} ${id}`)

export function expectNothing(diagnosis: Diagnosis): void {
  expect(diagnosis.findings).toEqual([])
  expect(diagnosis.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  expect(diagnosis.exitCode).toBe(0)
}

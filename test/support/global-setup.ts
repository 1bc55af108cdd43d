import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { findEngines } from './engine-findings.ts'
import { installPackage, sourceBin } from './install-package.ts'
import type { TestServer } from './server.ts'
import { killSharedServers, stopSharedServers } from './shared-server.ts'
import { forgetPasswords } from './timescale.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The PostgreSQL that all test files of a run share. */
    postgres: TestServer
    /** The JavaScript file behind the command `dbsvc`, as npm installed it. */
    dbsvcBin: string
    /** A folder of this run, removed at its end. */
    runDirectory: string
  }
}

/**
 * Starts what the tests of a run share. With DBSVC_TEST_NO_PACK=1 `dbsvc` is run from the sources and not from the
 * packed and installed package: faster, and possible while the sources do not compile.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runDirectory = await mkdtemp(join(tmpdir(), 'dbsvc-test-'))
  // Readable by the user that the server runs as when root runs the tests.
  await chmod(runDirectory, 0o755)
  const undo: (() => Promise<void>)[] = [() => rm(runDirectory, { recursive: true, force: true })]
  const teardown = async (): Promise<void> => {
    for (const step of undo.reverse()) await step()
  }
  try {
    const postgres = await startServer(runDirectory)
    undo.push(() => postgres.stop('immediate'))
    const kill = (): void => killSharedServers(runDirectory)
    process.once('exit', kill)
    undo.push(async () => {
      process.off('exit', kill)
      await stopSharedServers(runDirectory)
    })
    const { host, port, user, password } = postgres
    project.provide('postgres', { host, port, user, password })
    project.provide('dbsvcBin', process.env.DBSVC_TEST_NO_PACK === '1' ? sourceBin : await installPackage(runDirectory))
    project.provide('runDirectory', runDirectory)
    const engines = await findEngines()
    const timescale = engines.find(({ name }) => name === 'timescaledb')?.url ?? null
    if (timescale !== null) await forgetPasswords(timescale)
    project.provide('engines', engines)
    return teardown
  } catch (error) {
    await teardown()
    throw error
  }
}

async function startServer(runDirectory: string): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    directory: join(runDirectory, 'server'),
    port: 0,
    settings: { fsync: 'off', max_connections: '200', max_locks_per_transaction: '512' },
  })
}

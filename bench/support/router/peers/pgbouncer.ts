import { access, chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import pg from 'pg'
import { findFreePort } from '../../../../src/embedded/free-ports.ts'
import { findServerUser } from '../../../../src/embedded/postgres/system-user.ts'
import type { Contender } from '../contender.ts'
import type { World } from '../world.ts'
import { overRoles } from './direct.ts'

const installed = fileURLToPath(new URL('../../../../.engines/pgbouncer/bin/pgbouncer', import.meta.url))

/** PgBouncer with a user for each company. Null where it is not installed. */
export async function startPgbouncer(world: World, max: number): Promise<Contender | null> {
  const program = await findProgram()
  if (program === null) return null
  const { database, companies, project } = world
  const port = await findFreePort()
  const users = join(project, `pgbouncer-${max}-users.txt`)
  const config = join(project, `pgbouncer-${max}.ini`)
  await writeFile(users, companies.map((company) => `"${company}" ""\n`).join(''))
  await writeFile(
    config,
    `[databases]
${database.database} = host=${database.host} port=${database.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${max}
max_db_connections = ${max}
max_client_conn = 5000
max_prepared_statements = 200
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`,
  )
  // Run by another user than the benchmark where that is root.
  for (const file of [users, config]) await chmod(file, 0o644)
  const running = execa(program, ['-q', config], {
    ...(await findServerUser()),
    cwd: '/',
    stdio: 'ignore',
    reject: false,
  })
  const settings = { host: '127.0.0.1', port, database: database.database }
  await waitFor({ ...settings, user: companies[0] ?? '' })
  // A client for each request under way: what it costs is the connection of PgBouncer's own.
  const contender = overRoles(settings, 4_000, {
    name: 'pgbouncer',
    description: `${await versionOf(program)}, a user for each company, pool_mode transaction, max_db_connections ${max}, asked by pg with named statements, no password`,
  })
  return {
    ...contender,
    async stop() {
      await contender.stop()
      running.kill('SIGTERM')
      await running
    },
  }
}

async function findProgram(): Promise<string | null> {
  for (const program of [installed, '/usr/sbin/pgbouncer']) {
    const found = await access(program).then(
      () => true,
      () => false,
    )
    if (found) return program
  }
  return null
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await execa(program, ['--version'])
  return stdout.split('\n')[0] ?? ''
}

async function waitFor(settings: pg.ClientConfig): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const client = new pg.Client(settings)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (attempt === 100) throw error
      await delay(100)
    }
  }
}

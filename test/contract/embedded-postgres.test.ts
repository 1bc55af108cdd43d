import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prepareBinaries } from '../../src/embedded/postgres/binaries.ts'
import { mendPackage } from '../../src/embedded/postgres/mend-package.ts'
import { findNativePackage } from '../../src/embedded/postgres/native-package.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from '../../src/embedded/postgres/start.ts'
import { findServerUser } from '../../src/embedded/postgres/system-user.ts'

const isRoot = process.getuid?.() === 0

let directory: string
let started: EmbeddedPostgres[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbsvc-embedded-'))
  // mkdtemp's 0700 would keep the server's user out.
  await chmod(directory, 0o755)
  started = []
})

afterEach(async () => {
  await Promise.all(started.map((postgres) => postgres.stop('immediate')))
  for (const { dataDirectory } of started) {
    if (dataDirectory.startsWith('/var/lib/dbsvc/')) await rm(dirname(dataDirectory), { recursive: true, force: true })
  }
  await rm(directory, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ directory, port: 0, ...options })
  started.push(postgres)
  return postgres
}

async function query(postgres: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const { host, port, user, password, database } = postgres
  const client = new Client({ host, port, user, password, database })
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe('a first start', () => {
  test('makes a PostgreSQL 18 with UTF-8, checksums and a superuser, on 127.0.0.1 alone', async () => {
    const postgres = await start()
    const settings = [
      'server_version_num',
      'server_encoding',
      'data_checksums',
      'listen_addresses',
      'unix_socket_directories',
    ]
    const [version, ...others] = await query(postgres, `select ${settings.map((name) => `current_setting('${name}')`)}`)
    expect(Number(version)).toBeGreaterThanOrEqual(180_000)
    expect(others).toEqual(['UTF8', 'on', '127.0.0.1', ''])
    expect(
      await query(postgres, `select datlocprovider, datlocale from pg_database where datname = 'postgres'`),
    ).toEqual(['b', 'C.UTF-8'])
    expect(await query(postgres, `select lower('ÄÖ'), usesuper from pg_user where usename = current_user`)).toEqual([
      'äö',
      true,
    ])
  })

  test('lets nobody in without the password, which only its owner can read', async () => {
    const postgres = await start()
    await expect(query({ ...postgres, password: '' }, 'select 1')).rejects.toThrow(/password/)
    await expect(query({ ...postgres, password: 'guess' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    const file = join(directory, 'postgres', 'password')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toBe(postgres.password)
    const rules = await query(postgres, `select distinct auth_method from pg_hba_file_rules`)
    expect(rules).toEqual(['scram-sha-256'])
  })

  test('takes settings, except those that dbsvc relies on', async () => {
    const postgres = await start({ settings: { max_connections: '33', listen_addresses: '*' } })
    expect(
      await query(postgres, `select current_setting('max_connections'), current_setting('listen_addresses')`),
    ).toEqual(['33', '127.0.0.1'])
  })

  test('begins anew after an initdb that was killed', async () => {
    const draft = join(directory, 'postgres', 'data.draft-0123')
    await mkdir(draft, { recursive: true })
    await writeFile(join(draft, 'PG_VERSION'), '18\n')
    await start()
    expect((await readdir(join(directory, 'postgres'))).sort()).toEqual(['data', 'log', 'password', 'port'])
  })

  test('that is aborted leaves nothing running and nothing locked', async () => {
    const abort = new AbortController()
    const attempt = start({ signal: abort.signal })
    setTimeout(() => abort.abort(), 100)
    await expect(attempt).rejects.toMatchObject({ code: 'DBS-1904' })
    await start()
  })
})

describe('a second start', () => {
  test('has the data, the password and the port of the first', async () => {
    const first = await start()
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    expect(await first.exited).toEqual({ exitCode: 0, signal: null })
    const second = await start()
    expect(await query(second, 'select answer from kept')).toEqual([42])
    expect([second.port, second.password]).toEqual([first.port, first.password])
  })

  test('recovers after the server was killed', async () => {
    const first = await start()
    await query(first, 'create table kept as select 42 as answer')
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ exitCode: null, signal: 'SIGKILL' })
    expect(await query(await start(), 'select answer from kept')).toEqual([42])
  })

  test('stops the server of a dbsvc that was killed', async () => {
    const module = new URL('../../src/embedded/postgres/start.ts', import.meta.url)
    const script = `const { startEmbeddedPostgres } = await import('${module}')
      const { pid, port } = await startEmbeddedPostgres({ directory: '${directory}', port: 0 })
      console.log(JSON.stringify({ pid, port }))`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(parent.stdout, 'data')
    const orphan = JSON.parse(String(line)) as { pid: number; port: number }
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await expect(occupy(orphan.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const postgres = await start()
    expect(postgres.pid).not.toBe(orphan.pid)
    expect(postgres.port).toBe(orphan.port)
    expect(await readFile(postgres.logFile, 'utf8')).toContain('received fast shutdown request')
  })

  test('starts although another program has the pid that a killed server left behind', async () => {
    const first = await start()
    await first.stop()
    await writeFile(join(first.dataDirectory, 'postmaster.pid'), `${process.pid}\n${first.dataDirectory}\n`)
    await start()
  })

  test('takes another port when the one used before is taken', async () => {
    const first = await start()
    await first.stop()
    const other = await occupy(first.port)
    try {
      expect((await start()).port).not.toBe(first.port)
    } finally {
      other.close()
    }
  })

  test('is refused while the first runs', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({ code: 'DBS-1703', details: { directory, pid: process.pid } })
  })

  test('takes over the lock of a process that is gone, even when its pid lives again', async () => {
    await writeFile(join(directory, 'dev.lock'), `${process.pid} 1\n`)
    await start()
  })

  test('keeps data whose password is lost as data.previous', async () => {
    const first = await start()
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    await rm(join(directory, 'postgres', 'password'))
    const second = await start()
    expect(await query(second, `select to_regclass('kept')`)).toEqual([null])
    expect(await readdir(join(directory, 'postgres'))).toContain('data.previous')
  })
})

describe('a failure', () => {
  test('to have the port that was asked for is told at once', async () => {
    const other = await occupy(0)
    const address = other.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    try {
      await expect(start({ port })).rejects.toMatchObject({
        code: 'DBS-1701',
        message: expect.stringContaining(`port ${port} of 127.0.0.1 is in use`),
      })
    } finally {
      other.close()
    }
  })

  test('of the server shows the end of its log, and the folder is free again', async () => {
    const attempt = start({ settings: { shared_buffers: 'plenty' } })
    await expect(attempt).rejects.toMatchObject({
      code: 'DBS-1701',
      message: expect.stringContaining('invalid value for parameter "shared_buffers": "plenty"'),
    })
    await start()
  })
})

describe('stop', () => {
  test('ends sessions that are at work', async () => {
    const postgres = await start()
    const busy = query(postgres, 'select pg_sleep(60)')
    const ended = expect(busy).rejects.toThrow()
    await postgres.stop()
    await ended
    expect(await postgres.exited).toEqual({ exitCode: 0, signal: null })
  })

  test.runIf(process.platform === 'linux')(
    'is not up to the terminal: the server has a process group of its own',
    async () => {
      const postgres = await start()
      const groupOf = async (pid: number | 'self'): Promise<string | undefined> =>
        (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2]
      expect(await groupOf(postgres.pid)).toBe(String(postgres.pid))
      expect(await groupOf('self')).not.toBe(String(postgres.pid))
    },
  )
})

describe('binaries from npm', () => {
  test('get the links and rights that npm’s tarball cannot carry', async () => {
    const links = await copyPackage(directory)
    await mendPackage(directory)
    await mendPackage(directory)
    for (const [name, target] of links) expect(await readlink(join(directory, 'native', 'lib', name))).toBe(target)
    expect((await stat(join(directory, 'native', 'bin', 'postgres'))).mode & 0o777).toBe(0o755)
  })

  test('are copied, once, from a folder that the server’s user cannot enter', async ({ skip }) => {
    const user = await findServerUser()
    if (user === null) return skip('only root runs the server as another user')
    const home = join(directory, 'home')
    const copies = join(directory, 'copies')
    await copyPackage(home)
    await chmod(home, 0o700)
    const source = { directory: home, label: 'postgres-test' }
    const [first, second] = await Promise.all([
      prepareBinaries(source, copies, user),
      prepareBinaries(source, copies, user),
    ])
    expect(first).toEqual(second)
    expect(first.postgres).toBe(join(copies, 'postgres-test', 'native', 'bin', 'postgres'))
    expect(await readdir(copies)).toEqual(['postgres-test'])
    const { stdout } = await execa(first.postgres, ['--version'], { ...user, cwd: '/' })
    expect(stdout).toContain('PostgreSQL) 18')
  })

  /** The package as npm unpacks it, before any install script. Returns the links that are missing. */
  async function copyPackage(copy: string): Promise<Map<string, string>> {
    const links = new Map<string, string>()
    await cp(join(findNativePackage().directory, 'native'), join(copy, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    const library = join(copy, 'native', 'lib')
    for (const entry of await readdir(library, { withFileTypes: true })) {
      if (!entry.isSymbolicLink()) continue
      links.set(entry.name, await readlink(join(library, entry.name)))
      await rm(join(library, entry.name))
    }
    await chmod(join(copy, 'native', 'bin', 'postgres'), 0o644)
    expect(links.size).toBeGreaterThan(0)
    return links
  }
})

describe.runIf(isRoot)('as root', () => {
  test('the server runs as another user, and its log and password stay root’s', async () => {
    const postgres = await start()
    expect((await stat(postgres.dataDirectory)).uid).not.toBe(0)
    expect((await stat(`/proc/${postgres.pid}`)).uid).not.toBe(0)
    for (const name of ['.', 'log', 'password']) expect((await stat(join(directory, 'postgres', name))).uid).toBe(0)
  })

  test('a folder that user cannot enter gets its data below /var/lib/dbsvc, and says so', async () => {
    await chmod(directory, 0o700)
    const postgres = await start()
    expect(postgres.dataDirectory).toMatch(/^\/var\/lib\/dbsvc\/[\w-]+-[0-9a-f]{10}\/data$/)
    expect(await readFile(join(directory, 'postgres', 'README'), 'utf8')).toContain(dirname(postgres.dataDirectory))
    await query(postgres, 'create table kept as select 42 as answer')
    await postgres.stop()
    expect(await query(await start(), 'select answer from kept')).toEqual([42])
  })
})

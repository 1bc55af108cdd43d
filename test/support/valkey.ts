import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, inject } from 'vitest'
import { engineFinding, missingMessage } from './engines.ts'
import { type SharedServer, type SharedServerOptions, sharedServer, startServer } from './shared-server.ts'

export interface TestValkey {
  /** With the user and password of whoever may do everything. */
  readonly url: string
}

const open = new Set<Redis>()

afterAll(() => {
  for (const client of open) client.disconnect()
})

/** The server at DBSVC_TEST_DRAGONFLY_URL, such as `redis://default:password@host:6379`, or the run's own Valkey. */
export async function valkeyServer(): Promise<TestValkey> {
  const finding = engineFinding('valkey')
  if (finding.url !== null) return { url: finding.url }
  const { program } = finding
  if (program === null) throw new Error(missingMessage(finding))
  const { port } = await sharedServer(optionsFor(program))
  return serverAt(port)
}

/** A Valkey of one's own, on the data and users that are in the folder; on a free port unless told which. */
export async function startValkey(directory: string, onPort?: number): Promise<TestValkey & { pid: number }> {
  const finding = engineFinding('valkey')
  if (finding.program === null) throw new Error(missingMessage(finding))
  const { port, pid } = await startServer(optionsFor(finding.program), directory, onPort)
  return { ...serverAt(port), pid }
}

/** A connection, closed after the test file at the latest; it does not come back by itself. */
export function connectValkey({ url }: TestValkey, user?: { name: string; password: string }): Redis {
  // Taken apart, because ioredis prefers what stands in a URL to what it is told beside it.
  const { hostname, port, username, password } = new URL(url)
  const client = new Redis({
    host: hostname,
    port: Number(port),
    username: user?.name ?? decodeURIComponent(username),
    password: user?.password ?? decodeURIComponent(password),
    lazyConnect: true,
    // It would ask for INFO, which companies' users may not.
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  // Without a listener a refused connection would be printed.
  client.on('error', () => {})
  open.add(client)
  return client
}

function optionsFor(program: string): SharedServerOptions {
  return {
    name: 'valkey',
    async program(port, directory) {
      const aclFile = join(directory, 'users.acl')
      if (!existsSync(aclFile))
        await writeFile(aclFile, `user default on >${adminPassword()} ~* &* +@all\n`, { mode: 0o600 })
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--aclfile', aclFile]
      return { file: program, args: [...args, '--save', '', '--appendonly', 'no'] }
    },
    isReady,
  }
}

function serverAt(port: number): TestValkey {
  return { url: `redis://default:${adminPassword()}@127.0.0.1:${port}` }
}

/** Every test file can work it out, and nobody outside of the run. */
function adminPassword(): string {
  return Buffer.from(inject('postgres').password).toString('hex')
}

async function isReady({ port }: SharedServer): Promise<boolean> {
  const client = connectValkey(serverAt(port))
  try {
    return (await client.ping()) === 'PONG'
  } finally {
    client.disconnect()
    open.delete(client)
  }
}

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { startEmbeddedClickhouse } from '../../../../src/embedded/clickhouse/start.ts'
import { findFreePort } from '../../../../src/embedded/free-ports.ts'
import { engineFinding } from '../../../support/engines.ts'
import { ownDirectory, startServer, stopServer } from '../../../support/shared-server.ts'
import { connectValkey } from '../../../support/valkey.ts'
import { clickhouseAt } from './clickhouse.ts'
import { dragonflyAt } from './dragonfly.ts'
import type { CrashedStore } from './harness.ts'

/** A server of one's own, which can be killed and started again on the same data at the same place. */
export interface KillableStore {
  start(): Promise<CrashedStore>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
}

/** chDB behind HTTP, in a process of its own. */
export async function killableClickhouse(): Promise<KillableStore> {
  const directory = await ownDirectory('killed-chdb')
  let server: Awaited<ReturnType<typeof startEmbeddedClickhouse>> | undefined
  afterAll(() => server?.stop())
  return {
    async start() {
      server = await startEmbeddedClickhouse({ directory, port: 0 })
      return clickhouseAt(server)
    },
    async kill() {
      if (server === undefined) return
      process.kill(server.pid, 'SIGKILL')
      await server.exited
    },
  }
}

/** Valkey that has what it has answered on its disk: of a server that forgets, dbsvc cannot make another one. */
export async function killableValkey(): Promise<KillableStore> {
  const { program } = engineFinding('valkey')
  if (program === null) throw new Error('only a Valkey of this run can be killed')
  const directory = await ownDirectory('killed-valkey')
  const port = await findFreePort()
  const password = 'of-the-killed-one'
  const url = `redis://default:${encodeURIComponent(password)}@127.0.0.1:${port}`
  let pid: number | undefined
  const kill = async (): Promise<void> => {
    if (pid !== undefined) await stopServer(pid, 'SIGKILL')
    pid = undefined
  }
  afterAll(kill)
  return {
    kill,
    async start() {
      const aclFile = join(directory, 'users.acl')
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--aclfile', aclFile]
      if (!existsSync(aclFile)) await writeFile(aclFile, `user default on >${password} ~* &* +@all\n`)
      const server = await startServer(
        {
          name: 'valkey',
          program: () => ({ file: program, args: [...args, '--appendonly', 'yes', '--appendfsync', 'always'] }),
          isReady: async () => (await connectValkey({ url }).ping()) === 'PONG',
        },
        directory,
      )
      pid = server.pid
      return dragonflyAt({ url })
    },
  }
}

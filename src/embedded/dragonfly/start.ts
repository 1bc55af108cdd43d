import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { basename, join } from 'node:path'
import { choosePort } from '../choose-port.ts'
import { host } from '../free-ports.ts'
import { keptSecret } from '../kept-secret.ts'
import { stopLeftover } from '../program/leftover.ts'
import { type RunningProgram, startProgram } from '../program/start.ts'

/** What speaks DragonflyDB's protocol, the engine itself first. */
export const dragonflyPrograms = ['dragonfly', 'valkey-server', 'redis-server'] as const

export interface EmbeddedDragonfly extends RunningProgram {
  /** Without credentials. */
  readonly url: string
  readonly user: 'default'
  readonly password: string
}

const readyWithinMs = 15_000

/** Starts `program` on data in `<directory>/dragonfly`, on 127.0.0.1 with a password; users and keys are there again next time. */
export async function startEmbeddedDragonfly(options: {
  readonly program: string
  readonly directory: string
  readonly signal: AbortSignal
}): Promise<EmbeddedDragonfly> {
  const { program, directory, signal } = options
  await mkdir(join(directory, 'dragonfly'), { recursive: true, mode: 0o700 })
  // The server runs in another folder than this process.
  const home = await realpath(join(directory, 'dragonfly'))
  await stopLeftover(home)
  const password = await keptSecret(join(home, 'password'))
  const port = await choosePort(0, home)
  const users = join(home, 'users.acl')
  // The file has what dbsvc has told the server to save; the line of the user `default` is written before each start.
  const saved = await readFile(users, 'utf8').catch(() => '')
  const others = saved.split('\n').filter((line) => line !== '' && !line.startsWith('user default '))
  await writeFile(users, [`user default on >${password} ~* &* +@all`, ...others, ''].join('\n'), { mode: 0o600 })
  const running = await startProgram({
    program,
    args: argumentsOf(program, { port, home, users }),
    home,
    isReady: () => answers(port, password),
    readyWithinMs,
    signal,
  })
  return { ...running, url: `redis://${host}:${port}`, user: 'default', password }
}

function argumentsOf(
  program: string,
  { port, home, users }: { readonly port: number; readonly home: string; readonly users: string },
): string[] {
  const common = ['--port', String(port), '--bind', host, '--dir', home, '--aclfile', users]
  // DragonflyDB has no append-only file, and takes at least 256 MiB for each of its threads.
  return basename(program) === 'dragonfly'
    ? [...common, '--proactor_threads=2', '--maxmemory=512mb', '--snapshot_cron=* * * * *']
    : [...common, '--appendonly', 'yes', '--maxmemory', '512mb', '--maxmemory-policy', 'noeviction']
}

/** Asks as a client would, without one: the answer to PING is +PONG, after the password. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    let text = ''
    const end = (ready: boolean): void => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.on('error', () => end(false))
    socket.on('close', () => end(false))
    socket.on('connect', () => socket.write(`AUTH default ${password}\r\nPING\r\n`))
    socket.on('data', (data) => {
      text += data.toString('latin1')
      if (text.includes('+PONG')) end(true)
    })
  })
}

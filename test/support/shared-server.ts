import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'
import { findFreePort, host } from '../../src/embedded/free-ports.ts'

// Less than a hook may take, so that the log is what is seen.
const readyWithinMs = 100_000
const stopWithinMs = 10_000
const attempts = 3

/** A program that listens on 127.0.0.1. */
export interface Program {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What else those who use the server have to know. */
  readonly details?: Readonly<Record<string, number>>
}

export interface SharedServer {
  readonly url: string
  readonly port: number
  readonly details: Readonly<Record<string, number>>
}

export interface SharedServerOptions {
  readonly name: string
  /** How to run it on this port, with its data in this folder, which is there already. */
  readonly program: (port: number, directory: string) => Program | Promise<Program>
  readonly isReady: (server: SharedServer) => Promise<boolean>
}

/**
 * The server of this name that all test files of a run share: the first one that asks starts it, the run's end stops it. Its
 * log is `engines/<name>/log` in the run's folder. Throws with the end of the log when it does not get ready within 100 s.
 */
export async function sharedServer(options: SharedServerOptions): Promise<SharedServer> {
  const directory = join(inject('runDirectory'), 'engines', options.name)
  await mkdir(join(directory, '..'), { recursive: true })
  const isFirst = await mkdir(directory).then(
    () => true,
    () => false,
  )
  if (!isFirst) return waitFor(() => readJson<SharedServer>(join(directory, 'ready.json')), directory, options.name)
  const { pid, ...server } = await startServer(options, directory)
  await writeFile(join(directory, 'ready.json'), JSON.stringify(server))
  return server
}

/** A folder for a server of one's own, which the run's end stops as well. */
export async function ownDirectory(name: string): Promise<string> {
  const folder = join(inject('runDirectory'), 'engines')
  await mkdir(folder, { recursive: true })
  return mkdtemp(join(folder, `${name}-`))
}

/** Stops every server that `sharedServer` started in this run, by its process id. */
export async function stopSharedServers(runDirectory: string): Promise<void> {
  const folder = join(runDirectory, 'engines')
  if (!existsSync(folder)) return
  for (const name of await readdir(folder)) {
    const pid = await readJson<number>(join(folder, name, 'pid'))
    if (pid !== null) await stopServer(pid)
  }
}

/** The same at once, for a run that ends before its end. */
export function killSharedServers(runDirectory: string): void {
  const folder = join(runDirectory, 'engines')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'pid')
    if (existsSync(file)) signal(Number(readFileSync(file, 'utf8')), 'SIGKILL')
  }
}

/** Starts it on what is in the folder, and waits until it is ready. */
export async function startServer(
  options: SharedServerOptions,
  directory: string,
  onPort?: number,
): Promise<SharedServer & { pid: number }> {
  // A port that was free can be lost to another program before the server has it.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options, directory, onPort)
    } catch (error) {
      if (!(error instanceof ServerEnded) || attempt === attempts) throw error
    }
  }
}

class ServerEnded extends Error {}

async function startOnce(
  { name, program, isReady }: SharedServerOptions,
  directory: string,
  onPort: number | undefined,
): Promise<SharedServer & { pid: number }> {
  const port = onPort ?? (await findFreePort())
  const { file, args, env, details = {} } = await program(port, directory)
  const server: SharedServer = { port, url: `http://${host}:${port}`, details }
  const log = await open(join(directory, 'log'), 'a')
  // Detached, because it outlives the test file that asked for it.
  const child = spawn(file, args, {
    cwd: directory,
    env: { PATH: process.env.PATH, ...env },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', () => {})
  child.unref()
  if (child.pid === undefined) throw new Error(`${file} cannot be run`)
  await writeFile(join(directory, 'pid'), String(child.pid))
  const look = async (): Promise<true | null> => {
    const ready = await isReady(server).catch(() => false)
    // Who answers on the port may be another one.
    if (ended) throw new ServerEnded(`${name} ended before it was ready:\n${await endOfLog(directory)}`)
    return ready ? true : null
  }
  await waitFor(look, directory, name)
  return { ...server, pid: child.pid }
}

/** Ends a process, after 10 s by force, and waits until it is gone. */
export async function stopServer(pid: number, first: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const deadline = performance.now() + stopWithinMs
  signal(pid, first)
  while (signal(pid, 0)) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL')
    await delay(20)
  }
}

async function waitFor<Result>(
  attempt: () => Promise<Result | null>,
  directory: string,
  name: string,
): Promise<Result> {
  const deadline = performance.now() + readyWithinMs
  while (performance.now() < deadline) {
    const result = await attempt()
    if (result !== null) return result
    await delay(50)
  }
  throw new Error(`${name} is not ready after ${readyWithinMs / 1000} s:\n${await endOfLog(directory)}`)
}

async function endOfLog(directory: string): Promise<string> {
  return (await readFile(join(directory, 'log'), 'utf8').catch(() => '')).slice(-4000)
}

/** Returns whether there is such a process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** A file may be there before its content is. */
async function readJson<Content>(file: string): Promise<Content | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text === '' ? null : (JSON.parse(text) as Content)
}

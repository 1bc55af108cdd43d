import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../../core/errors/error.ts'
import { lastLines } from '../last-lines.ts'
import { notePid } from './leftover.ts'
import { type ProgramProcess, spawnProgram } from './spawn.ts'

export interface ProgramOptions {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Holds the log and the pid; made when missing. */
  readonly home: string
  /** Asked until it says yes; what it throws means not yet. */
  readonly isReady: () => Promise<boolean>
  readonly readyWithinMs: number
  readonly signal?: AbortSignal | undefined
}

/** A server program that is ready. */
export interface RunningProgram extends ProgramProcess {
  readonly logFile: string
}

const pollMs = 50

/** It ended before it was ready, as when another program took its port first. The message has the last lines of its log. */
export class ProgramEnded extends Error {}

/**
 * Starts a server and waits until it is ready.
 * @throws ProgramEnded; an error with the last lines of its log when it does not get ready
 */
export async function startProgram({ signal, ...options }: ProgramOptions): Promise<RunningProgram> {
  const { program, args, env = {}, home, isReady, readyWithinMs } = options
  await mkdir(home, { recursive: true, mode: 0o700 })
  const logFile = join(home, 'log')
  const logStart = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )
  const server = await spawnProgram(program, args, env, logFile)
  await notePid(home, server.pid)
  const ended = new AbortController()
  void server.exited.then(() => ended.abort())
  const deadline = performance.now() + readyWithinMs
  while (!ended.signal.aborted && signal?.aborted !== true && performance.now() < deadline) {
    if (await isReady().catch(() => false)) return { ...server, logFile }
    await delay(pollMs)
  }
  const hasEnded = ended.signal.aborted
  await server.stop()
  const why = hasEnded ? 'it ended at once' : `it was not ready within ${readyWithinMs / 1000} s`
  const tail = await lastLines(logFile, logStart).catch((error: unknown) => [reasonOf(error)])
  const message = [`${program}: ${why}`, ...tail].join('\n')
  throw hasEnded ? new ProgramEnded(message) : new Error(message)
}

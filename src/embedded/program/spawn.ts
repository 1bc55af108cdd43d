import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { ServerExit } from '../server-exit.ts'

export interface ProgramProcess {
  /** Of the server itself. */
  readonly pid: number
  readonly exited: Promise<ServerExit>
  stop(): Promise<void>
}

const stopMs = 10_000

/**
 * Runs the server beside a reader of a pipe that only this process holds: when it ends, killed or not, the pipe does, and the reader
 * ends the server. Says the server's own pid first.
 */
const script = `
exec 4<&0
"$@" </dev/null 4<&- >&3 2>&3 &
server=$!
echo $server
{ read -r _ <&4; kill -TERM $server; } 2>/dev/null 3>&- >/dev/null &
watch=$!
wait $server
status=$?
kill $watch 2>/dev/null
exit $status
`

/** Starts it with all that it writes appended to `logFile`. Throws when the program itself cannot be run. */
export async function spawnProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ProgramProcess> {
  const log = await open(logFile, 'a', 0o600)
  // Detached: in a process group of its own, so that Ctrl-C reaches dbsvc alone and the server is stopped last. Not by execa, which
  // may have thrown the pid away before it is asked for.
  const child = spawn('/bin/sh', ['-c', script, 'sh', program, ...args], {
    env: { PATH: process.env.PATH, ...env },
    cwd: '/',
    detached: true,
    // The fourth descriptor is the log.
    stdio: ['pipe', 'pipe', 'ignore', log.fd],
  })
  const exited = new Promise<ServerExit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    child.once('error', () => resolve({ exitCode: null, signal: null }))
  })
  const pid = await firstNumber(child.stdout)
  await log.close()
  if (pid === null) throw new Error(`${program} cannot be run`)
  const kill = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    try {
      process.kill(pid, signal)
    } catch {
      // It has ended.
    }
  }
  return {
    pid,
    exited,
    async stop() {
      kill('SIGTERM')
      const patience = setTimeout(() => kill('SIGKILL'), stopMs)
      await exited
      clearTimeout(patience)
    },
  }
}

async function firstNumber(output: AsyncIterable<unknown> | null): Promise<number | null> {
  for await (const chunk of output ?? []) {
    const number = Number(String(chunk).split('\n')[0])
    return Number.isInteger(number) && number > 0 ? number : null
  }
  return null
}

import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** A running process. A pid is used again after its process ends; a pid with `startedAt` is not. */
export interface RunningProcess {
  /** Opaque; differs between two processes that had the same pid. */
  readonly startedAt: string
  /** Program and arguments, each ended by a space. */
  readonly command: string
}

/** The process with this pid, or null where there is none or only a zombie that nobody has waited for. */
export async function findProcess(pid: number): Promise<RunningProcess | null> {
  if (!isAlive(pid)) return null
  return process.platform === 'linux' ? findByProc(pid) : findByPs(pid)
}

/** Waits until the process is gone. Returns false when it still runs after `timeoutMs`. */
export async function waitForEnd(pid: number, running: RunningProcess, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (performance.now() < deadline) {
    if ((await findProcess(pid))?.startedAt !== running.startedAt) return true
    await delay(50)
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function findByProc(pid: number): Promise<RunningProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets, and a name may hold brackets and blanks itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || startedAt === undefined) return null
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return { startedAt, command: command.replaceAll('\0', ' ') }
  } catch {
    return null
  }
}

async function findByPs(pid: number): Promise<RunningProcess | null> {
  const { execa } = await import('execa')
  const { stdout, exitCode } = await execa('ps', ['-ww', '-o', 'stat=,lstart=,command=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
    reject: false,
  })
  const match = /^\s*(\S+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s+(.*)$/.exec(stdout)
  if (exitCode !== 0 || match === null || match[1]?.startsWith('Z')) return null
  return { startedAt: match[2] ?? '', command: `${match[3]} ` }
}

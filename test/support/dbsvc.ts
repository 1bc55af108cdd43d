import { execa } from 'execa'
import { afterAll, inject } from 'vitest'

export interface DbsvcOptions {
  readonly cwd: string
  /** Added to PATH and HOME; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to stdin, which is empty otherwise. */
  readonly input?: string
  /** Instead of the installed one. */
  readonly bin?: string
  /** The process is killed after this time; 60 s. */
  readonly timeoutMs?: number
}

export interface DbsvcResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** The document that `--json` prints last. Throws with both streams in its message when there are others than events before it. */
  json<Document = Record<string, unknown>>(): Document
  /** The events that `--json` prints before the document. */
  events<Event = Record<string, unknown>>(): Event[]
}

/** A `dbsvc` that runs on. It is killed after the test file at the latest. */
export interface RunningDbsvc {
  readonly pid: number
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<DbsvcResult>
  kill(signal: NodeJS.Signals): void
  /** Resolves with the match once stdout and stderr together have it. Rejects when the process ends without, or after 30 s. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
}

const running = new Set<RunningDbsvc>()

afterAll(async () => {
  for (const dbsvc of running) dbsvc.kill('SIGKILL')
  await Promise.all([...running].map((dbsvc) => dbsvc.exited))
})

/** Runs the installed `dbsvc` to its end. Never throws, whatever the exit code. */
export async function runDbsvc(args: readonly string[], options: DbsvcOptions): Promise<DbsvcResult> {
  return spawnDbsvc(args, options).exited
}

export function spawnDbsvc(
  args: readonly string[],
  { cwd, env, input = '', bin = inject('dbsvcBin'), timeoutMs = 60_000 }: DbsvcOptions,
): RunningDbsvc {
  const subprocess = execa(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    extendEnv: false,
    input,
    timeout: timeoutMs,
    reject: false,
    stripFinalNewline: false,
  })
  let text = ''
  for (const stream of [subprocess.stdout, subprocess.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  const exited = subprocess.then(({ exitCode, signal, stdout, stderr }): DbsvcResult => {
    running.delete(dbsvc)
    return {
      exitCode: exitCode ?? null,
      signal: signal ?? null,
      stdout,
      stderr,
      json: <Document>() => parse(stdout, stderr).document as Document,
      events: <Event>() => parse(stdout, stderr).events as Event[],
    }
  })
  const dbsvc: RunningDbsvc = {
    pid: subprocess.pid ?? 0,
    exited,
    kill: (signal) => void subprocess.kill(signal),
    async waitFor(pattern, withinMs = 30_000) {
      const deadline = performance.now() + withinMs
      let ended = false
      void exited.then(() => {
        ended = true
      })
      for (;;) {
        const last = ended
        const match = pattern.exec(text)
        if (match !== null) return match
        if (last || performance.now() > deadline) throw new Error(`dbsvc did not print ${pattern}, but:\n${text}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
  running.add(dbsvc)
  return dbsvc
}

function parse(stdout: string, stderr: string): { events: unknown[]; document: unknown } {
  try {
    // A document of a format of its own, such as SARIF, may have many lines.
    if (!stdout.startsWith('{"schema"')) return { events: [], document: JSON.parse(stdout) }
    const lines = stdout.trimEnd().split('\n')
    const documents = lines.map((line) => JSON.parse(line) as { schema?: string })
    const events = documents.slice(0, -1)
    if (events.some(({ schema }) => schema !== 'dbsvc/event/1')) throw new Error('more than one document')
    return { events, document: documents.at(-1) }
  } catch (error) {
    throw new Error(`stdout is not events and one JSON document\nstdout: ${stdout}\nstderr: ${stderr}`, {
      cause: error,
    })
  }
}

import type { DbsvcError } from '../core/errors/error.ts'
import type { RunEvent } from '../core/run/event.ts'
import type { Terminal } from './terminal.ts'

/** The two streams of a process, or whatever stands for them in a test. */
export interface Streams {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

export interface OutputOptions {
  /** JSON on stdout instead of text. */
  readonly json: boolean
  /** No notes on stderr; warnings and errors stay. */
  readonly quiet: boolean
  /** Stack traces and causes of errors on stderr. */
  readonly verbose: boolean
  /** stderr, where it is one. */
  readonly terminal: Terminal | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The only way to stdout and stderr. stdout is data; everything for people goes to stderr. */
export interface Output {
  /** Whether `result` prints JSON. */
  readonly json: boolean
  /** Where people look, unless JSON or quiet is asked for. */
  readonly terminal: Terminal | undefined
  readonly now: () => number
  /** Prints a command's result: `lines()` as text, or with `--json` `{schema: "dbsvc/<shape>", …data}`. */
  result(shape: string, data: object, lines: () => readonly string[]): void
  /** With `--json` prints what a run told `at` that time as `{schema: "dbsvc/event/1", at, …event}`; nothing without. */
  event(event: RunEvent, at: number): void
  /** What is going on, for people. */
  note(text: string): void
  warn(text: string): void
  failure(error: DbsvcError): void
  /** From now on `secret` is printed as `[redacted]`, in whatever text it appears. */
  conceal(secret: string): void
  /** The text without what is concealed. */
  readonly redact: (text: string) => string
  /** From now on `pass` has a text for people written, which a live view must make room for; undefined ends it. */
  passThrough(pass: ((write: () => void) => void) | undefined): void
}

/** The document that `result` prints with `--json`. */
export function jsonDocument(shape: string, data: object): string {
  return JSON.stringify({ schema: `dbsvc/${shape}`, ...data })
}

// Shorter strings would redact ordinary words.
const shortestSecret = 4

export function createOutput(streams: Streams, options: OutputOptions): Output {
  const secrets = new Set<string>()

  let pass = (write: () => void): void => write()

  // One document a run: a failure after a result is told to people and by the exit status.
  let documented = false

  const redact = (text: string): string => {
    let clean = text
    for (const secret of secrets) clean = clean.replaceAll(secret, '[redacted]')
    return clean
  }
  const data = (text: string): void => void streams.stdout.write(`${redact(text)}\n`)
  const people = (text: string): void => pass(() => streams.stderr.write(`${redact(text)}\n`))

  return {
    json: options.json,
    terminal: options.json || options.quiet ? undefined : options.terminal,
    now: options.now,
    result(shape, value, lines) {
      documented = true
      if (options.json) data(jsonDocument(shape, value))
      else for (const line of lines()) data(line)
    },
    event(event, at) {
      if (options.json) data(jsonDocument('event/1', { at: new Date(at).toISOString(), ...event }))
    },
    note(text) {
      if (!options.quiet) people(text)
    },
    warn(text) {
      people(`warning: ${text}`)
    },
    failure(error) {
      if (options.json && !documented) data(JSON.stringify({ schema: 'dbsvc/error/1', error }))
      people(`error: ${error.message} (${error.code})`)
      if (error.hint !== undefined) people(`hint: ${error.hint}`)
      if (options.verbose) people(traceOf(error))
    },
    conceal(secret) {
      if (secret.length < shortestSecret) return
      secrets.add(secret)
      // As it looks inside a JSON string.
      secrets.add(JSON.stringify(secret).slice(1, -1))
    },
    redact,
    passThrough(through) {
      pass = through ?? ((write) => write())
    },
  }
}

function traceOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${traceOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}

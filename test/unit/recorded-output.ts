import { createOutput, type Output, type OutputOptions } from '../../src/output/output.ts'

export interface RecordedOutput {
  readonly output: Output
  /** Lines printed so far. */
  stdout(): string[]
  stderr(): string[]
  /** Milliseconds since 1970; the clock moves only by `pass`. */
  now(): number
  pass(ms: number): void
}

/** An output without a process, at the beginning of 2030. */
export function recordedOutput(options: Partial<OutputOptions> = {}): RecordedOutput {
  const stdout: string[] = []
  const stderr: string[] = []
  let time = Date.UTC(2030, 0)
  const streams = {
    stdout: { write: (text: string) => stdout.push(text) },
    stderr: { write: (text: string) => stderr.push(text) },
  }
  const now = (): number => time
  const output = createOutput(streams, {
    json: false,
    quiet: false,
    verbose: false,
    terminal: undefined,
    now,
    ...options,
  })
  return {
    output,
    stdout: () => stdout.join('').split('\n').slice(0, -1),
    stderr: () => stderr.join('').split('\n').slice(0, -1),
    now,
    pass(ms) {
      time += ms
    },
  }
}

import type { EngineVitals } from '../../engines/vitals.ts'

/** An engine's connection, as its health is looked at. */
export interface Subject {
  /** One round trip. */
  ping(): Promise<unknown>
  readVitals(): Promise<EngineVitals>
  /** At once, whatever is under way. */
  close(): Promise<void> | void
}

export interface WatchTerms {
  /** Between two pings. */
  readonly intervalMs: number
  /** An engine that says nothing for so long is not answering. */
  readonly timeoutMs: number
  /** Between two readings of the vitals, which cost an engine more; they may take half of it. */
  readonly vitalsMs: number
}

/** The last outcome of something that is done over and over. */
export type Outcome<Value> =
  | { readonly state: 'unknown' }
  | { readonly state: 'ok'; readonly value: Value; readonly at: number; readonly durationMs: number }
  | { readonly state: 'failed'; readonly error: unknown; readonly at: number; readonly durationMs: number }

/** Looks at one engine in the background, so that whoever asks never waits for it. */
export interface Watch {
  readonly ping: () => Outcome<unknown>
  readonly vitals: () => Outcome<EngineVitals>
  stop(): void
}

export class NoAnswer extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`)
  }
}

export function watch(open: () => Promise<Subject>, { intervalMs, timeoutMs, vitalsMs }: WatchTerms): Watch {
  let opened: Promise<Subject> | undefined

  const subject = (): Promise<Subject> => {
    opened ??= open()
    return opened
  }
  // What does not answer is left behind: it is closed as soon as it can be, and the next ping connects anew.
  const leave = (): void => {
    void opened?.then((left) => left.close()).catch(() => {})
    opened = undefined
  }
  const pings = repeat(async () => (await subject()).ping(), { intervalMs, timeoutMs, onFailure: leave })
  const vitals = repeat(async () => (await subject()).readVitals(), {
    intervalMs: vitalsMs,
    timeoutMs: vitalsMs / 2,
    onFailure: () => {},
  })
  return {
    ping: pings.last,
    vitals: vitals.last,
    stop() {
      pings.stop()
      vitals.stop()
      leave()
    },
  }
}

export interface RepeatTerms {
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly onFailure: () => void
}

/** Does something at once and then over and over, the next time `intervalMs` after the last one has ended or was given up. */
export function repeat<Value>(
  work: () => Promise<Value>,
  { intervalMs, timeoutMs, onFailure }: RepeatTerms,
): { readonly last: () => Outcome<Value>; stop(): void } {
  let outcome: Outcome<Value> = { state: 'unknown' }
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const turn = async (): Promise<void> => {
    const started = performance.now()
    const end = () => ({ at: Date.now(), durationMs: performance.now() - started })
    try {
      const value = await within(work(), timeoutMs)
      outcome = { state: 'ok', value, ...end() }
    } catch (error) {
      outcome = { state: 'failed', error, ...end() }
      onFailure()
    }
    if (!stopped) timer = setTimeout(turn, intervalMs).unref()
  }
  void turn()
  return {
    last: () => outcome,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

async function within<Value>(work: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(timeoutMs)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

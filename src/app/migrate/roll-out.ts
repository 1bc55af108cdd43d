import { DbsvcError } from '../../core/errors/error.ts'

/** One target that a roll-out could not bring over, and why. */
export interface TargetFailure {
  readonly target: string
  readonly error: DbsvcError
}

export interface RollOutResult {
  /** Targets brought over, in no particular order. */
  readonly done: readonly string[]
  readonly failures: readonly TargetFailure[]
  /** Targets not attempted: an interruption, or nothing but failures. */
  readonly skipped: readonly string[]
}

export interface RollOutOptions<Worker> {
  readonly workers: readonly Worker[]
  readonly batchSize: number
  readonly signal: AbortSignal
  /** Brings all of these over, or none of them. */
  readonly work: (worker: Worker, targets: readonly string[]) => Promise<void>
}

// The first so many targets failing, without one success, is the migration's fault and not a company's.
const hopelessFailures = 3

/**
 * Runs `work` over all targets in batches, one batch per worker at a time. A failing batch is halved until the failing
 * targets stand alone, so that every other target is brought over.
 * @throws what is no target's fault, such as DBS-1105 for a lost connection
 */
export async function rollOut<Worker>(
  targets: readonly string[],
  options: RollOutOptions<Worker>,
): Promise<RollOutResult> {
  const done: string[] = []
  const failures: TargetFailure[] = []
  const queue = chunk(targets, options.batchSize)
  const hopeless = (): boolean => done.length === 0 && failures.length >= hopelessFailures
  const stopped = (): boolean => options.signal.aborted || hopeless()

  const attempt = async (worker: Worker, batch: readonly string[]): Promise<void> => {
    if (stopped()) return
    try {
      await options.work(worker, batch)
      done.push(...batch)
    } catch (error) {
      if (isEverybodys(error)) throw error
      const [only] = batch
      if (batch.length > 1 || only === undefined) {
        const middle = Math.ceil(batch.length / 2)
        await attempt(worker, batch.slice(0, middle))
        await attempt(worker, batch.slice(middle))
        return
      }
      if (!(error instanceof DbsvcError)) throw error
      failures.push({ target: only, error })
    }
  }
  const drain = async (worker: Worker): Promise<void> => {
    for (let batch = queue.shift(); batch !== undefined && !stopped(); batch = queue.shift())
      await attempt(worker, batch)
  }
  const outcomes = await Promise.allSettled(options.workers.map(drain))
  const broken = outcomes.find((outcome) => outcome.status === 'rejected')
  if (broken !== undefined) throw broken.reason

  const attempted = new Set([...done, ...failures.map((failure) => failure.target)])
  failures.sort((a, b) => (a.target < b.target ? -1 : 1))
  return { done, failures, skipped: targets.filter((target) => !attempted.has(target)) }
}

const isEverybodys = (error: unknown): boolean => error instanceof DbsvcError && error.code === 'DBS-1105'

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

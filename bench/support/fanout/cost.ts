import { processorTime } from '../processor-time.ts'

export const phases = ['provision', 'rollOut'] as const
export type Phase = (typeof phases)[number]

/** Milliseconds per company, by repetition. */
export interface Cost {
  readonly elapsed: number[]
  /** Of the client and the server together. */
  readonly processor: number[]
}

/** What one contender has taken. */
export type Costs = Readonly<Record<Phase, Cost>>

export const noCosts = (): Costs => ({
  provision: { elapsed: [], processor: [] },
  rollOut: { elapsed: [], processor: [] },
})

/** Does the work on so many companies, and adds what it took. */
export async function measure(
  cost: Cost,
  serverPid: number,
  companies: number,
  work: () => Promise<void>,
): Promise<void> {
  const processorBefore = await processorTime(serverPid)
  const started = performance.now()
  await work()
  cost.elapsed.push((performance.now() - started) / companies)
  cost.processor.push(((await processorTime(serverPid)) - processorBefore) / companies)
}

import type { RequestContext } from './context/request-context.ts'

/** Adds what the work takes to the time that its request spends in engines. */
export async function timed<Result>(
  { timing }: Pick<RequestContext, 'timing'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const startedAt = performance.now()
  try {
    return await work()
  } finally {
    timing.engineMs += performance.now() - startedAt
  }
}

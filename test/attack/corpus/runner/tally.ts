import type { TestContext } from 'vitest'

/** Attempts of one kind: tried, and defeated with the proof that they succeed without what holds them. */
export interface Attempts {
  readonly family: string
  readonly engine: string
  readonly tried: number
  readonly defeated: number
}

declare module 'vitest' {
  export interface TaskMeta {
    /** What a test of the corpus has tried; test/support/attack-report.ts adds them up. */
    attempts?: readonly Attempts[]
  }
}

/** Tries one attempt, which is defeated when this comes to its end. */
export async function tally(
  { task }: Pick<TestContext, 'task'>,
  { family, engine }: Pick<Attempts, 'family' | 'engine'>,
  attempt: () => Promise<void>,
): Promise<void> {
  let defeated = 0
  try {
    await attempt()
    defeated = 1
  } finally {
    task.meta.attempts = [...(task.meta.attempts ?? []), { family, engine, tried: 1, defeated }]
  }
}

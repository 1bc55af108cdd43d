import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const mostAttempts = 10

/**
 * Runs what changes roles again when another database of the server was changing them at the same time: PostgreSQL refuses the
 * slower one ("tuple concurrently updated", XX000), and an advisory lock would not help, since it holds within one database.
 */
export async function retryShared<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const overtaken =
        error instanceof pg.DatabaseError && error.code === 'XX000' && /concurrently/.test(error.message)
      if (!overtaken || attempt === mostAttempts) throw error
      await sleep(attempt * 20)
    }
  }
}

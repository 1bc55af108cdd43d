import { statfs } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { repeat } from './watch.ts'

export interface Resources {
  /** CPU time of this process since the last look, of what all cores could have given it. */
  readonly cpuPercent: number
  /** What this process has in memory, in 2^20 bytes. */
  readonly memoryMb: number
  /** Of the file system that the project is on; null where it does not tell. */
  readonly diskPercent: number | null
}

/** Looks at this machine every so often. @param directory whose file system is asked */
export function watchResources(directory: string, intervalMs: number) {
  let before = { cpu: process.cpuUsage(), at: performance.now() }
  return repeat(
    async (): Promise<Resources> => {
      const diskPercent = await diskUsed(directory)
      const { user, system } = process.cpuUsage(before.cpu)
      const elapsedMs = performance.now() - before.at
      before = { cpu: process.cpuUsage(), at: performance.now() }
      return {
        cpuPercent: Math.min(100, (user + system) / 10 / elapsedMs / availableParallelism()),
        memoryMb: process.memoryUsage.rss() / 2 ** 20,
        diskPercent,
      }
    },
    { intervalMs, timeoutMs: intervalMs, onFailure: () => {} },
  )
}

async function diskUsed(directory: string): Promise<number | null> {
  const found = await statfs(directory).catch(() => null)
  if (found === null || found.blocks === 0) return null
  // As `df` counts: what only root may use is neither used nor free.
  const used = found.blocks - found.bfree
  return (100 * used) / (used + found.bavail)
}

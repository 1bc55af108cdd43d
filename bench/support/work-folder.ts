import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives `work` an empty folder that is removed after it. */
export async function withWorkFolder<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'dbsvc-bench-'))
  try {
    // Readable by the user that the server runs as when root runs the benchmark.
    await chmod(directory, 0o755)
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

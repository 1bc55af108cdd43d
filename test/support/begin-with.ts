import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BaseSequencer, type TestSequencerConstructor, type TestSpecification } from 'vitest/node'

const root = join(import.meta.dirname, '..', '..')

/**
 * Begins with these files, in this order; the others come as vitest has them, by size. A file that takes as long as many others
 * would have the end of the run to itself if it came late.
 */
export function beginWith(files: readonly string[]): TestSequencerConstructor {
  const paths = files.map((file) => join(root, file))
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`)
  const rank = ({ moduleId }: TestSpecification): number =>
    paths.includes(moduleId) ? paths.indexOf(moduleId) : paths.length
  return class extends BaseSequencer {
    override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
      const bySize = await super.sort(specifications)
      return bySize.toSorted((one, other) => rank(one) - rank(other))
    }
  }
}

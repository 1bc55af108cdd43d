import { installPackage, sourceBin } from '../../test/support/install-package.ts'
import type { OptionValues } from './benchmark.ts'

export const binaryOptions = { source: { type: 'boolean', default: false } } as const

/** The program that is timed. */
export interface Binary {
  readonly file: string
  /** For the printed configuration. */
  readonly description: string
}

/** What users get: packed by npm, installed from the tarball. With --source the sources, for work on a benchmark itself. */
export async function prepareBinary(
  values: OptionValues,
  directory: string,
  note: (text: string) => void,
): Promise<Binary> {
  if (values.source === true) return { file: sourceBin, description: 'sources, types stripped on every start' }
  note('packing and installing dbsvc')
  return { file: await installPackage(directory), description: 'packed and installed by npm' }
}

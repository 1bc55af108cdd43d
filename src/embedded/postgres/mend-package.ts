import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }))

export const programs = ['initdb', 'postgres'] as const

/**
 * Makes what the package's install script would have made and npm tarballs cannot carry: links between shared libraries,
 * and the right to execute. npm runs no install scripts of dependencies that a project has not allowed.
 * Throws the file system's error where the folder is not writable and something is missing.
 */
export async function mendPackage(directory: string): Promise<void> {
  for (const { source, target } of await readSymlinks(directory)) {
    const place = join(directory, target)
    if (await exists(place)) continue
    await symlink(relative(dirname(target), source), place).catch(unlessMadeMeanwhile)
  }
  for (const program of programs) {
    const file = join(directory, 'native', 'bin', program)
    const { mode } = await stat(file)
    if ((mode & 0o111) !== 0o111) await chmod(file, 0o755)
  }
}

async function readSymlinks(directory: string): Promise<z.output<typeof symlinksSchema>> {
  try {
    return symlinksSchema.parse(JSON.parse(await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function unlessMadeMeanwhile(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

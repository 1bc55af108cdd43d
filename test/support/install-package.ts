import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `dbsvc` as the sources have it. */
export const sourceBin = join(root, 'bin', 'dbsvc.js')

/**
 * Packs dbsvc and installs it the way a stranger does: the tarball, into an empty folder, with npm's defaults.
 * Returns the JavaScript file behind the installed command.
 */
export async function installPackage(runDirectory: string): Promise<string> {
  const tarball = await pack(join(runDirectory, 'pack'))
  const project = join(runDirectory, 'installed')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{"name":"stranger","private":true}\n')
  await execa('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
    cwd: project,
  })
  return join(project, 'node_modules', 'dbsvc', 'bin', 'dbsvc.js')
}

/** In a copy of the sources: building replaces dist, which another run may be reading. */
async function pack(directory: string): Promise<string> {
  await mkdir(directory)
  const notPacked = new Set(['node_modules', 'dist', 'test', 'bench'])
  for (const name of await readdir(root)) {
    if (name.startsWith('.') || notPacked.has(name)) continue
    await cp(join(root, name), join(directory, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  const { stdout } = await execa('npm', ['pack', '--silent'], { cwd: directory })
  return join(directory, stdout.trim().split('\n').at(-1) ?? '')
}

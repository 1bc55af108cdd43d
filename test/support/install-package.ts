import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** `dbsvc` as the sources have it. */
export const sourceBin = join(root, 'bin', 'dbsvc.js')

/**
 * Packs dbsvc and installs it the way a stranger does: the tarball, into an empty folder, with npm's defaults.
 * Returns the JavaScript file behind the installed command. Runs one after the other may share one package: the first installs it in the
 * folder DBSVC_TEST_PACKAGE, which it makes.
 */
export async function installPackage(runDirectory: string): Promise<string> {
  const { DBSVC_TEST_PACKAGE: shared = runDirectory } = process.env
  const bin = join(shared, 'installed', 'node_modules', 'dbsvc', 'bin', 'dbsvc.js')
  const isWhole = join(shared, 'installed', 'whole')
  if (existsSync(isWhole)) return bin
  // Of one that was cut off.
  for (const left of ['pack', 'installed']) await rm(join(shared, left), { recursive: true, force: true })
  await install(await pack(join(shared, 'pack')), join(shared, 'installed'))
  await writeFile(isWhole, '')
  return bin
}

async function install(tarball: string, project: string): Promise<void> {
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{"name":"stranger","private":true}\n')
  await execa('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
    cwd: project,
  })
}

/** In a copy of the sources: building replaces dist, which another run may be reading. */
async function pack(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true })
  const notPacked = new Set(['node_modules', 'dist', 'test', 'bench'])
  for (const name of await readdir(root)) {
    if (name.startsWith('.') || notPacked.has(name)) continue
    await cp(join(root, name), join(directory, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  const { stdout } = await execa('npm', ['pack', '--silent'], { cwd: directory })
  return join(directory, stdout.trim().split('\n').at(-1) ?? '')
}

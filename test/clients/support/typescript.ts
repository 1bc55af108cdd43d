import { cp, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { inject } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface InstalledClient {
  /** The project that it was installed into, which has nothing else. */
  readonly project: string
  /** What the tarball has. */
  readonly files: readonly string[]
}

/** Packs the client as for npm and installs the tarball into an empty folder. */
export async function installTypescriptClient(): Promise<InstalledClient> {
  const directory = await mkdtemp(join(inject('runDirectory'), 'typescript-'))
  const client = await copyOfSources(directory)
  const { stdout } = await execa('npm', ['pack', '--json'], { cwd: client })
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string; readonly files: readonly { path: string }[] }]
  // Not beside the sources, whose packages would be found.
  const project = await mkdtemp(join(inject('runDirectory'), 'stranger-'))
  await writeFile(join(project, 'package.json'), '{"name":"stranger","private":true,"type":"module"}\n')
  const flags = ['--offline', '--no-audit', '--no-fund']
  await execa('npm', ['install', ...flags, join(client, packed.filename)], { cwd: project })
  return { project, files: packed.files.map(({ path }) => path) }
}

/** Packing builds, in a folder that another run may be at. */
async function copyOfSources(directory: string): Promise<string> {
  const client = join(directory, 'clients', 'typescript')
  const source = join(root, 'clients', 'typescript')
  await cp(source, client, { recursive: true, filter: (path) => !path.startsWith(join(source, 'dist')) })
  await cp(join(root, 'tsconfig.json'), join(directory, 'tsconfig.json'))
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'))
  return client
}

import { chmod, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initProject } from '../../../src/app/init-project.ts'
import { loadConfig } from '../../../src/config/loader.ts'
import { giveToUnprivileged, runNodeUnprivileged } from '../node-process.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const files = [
  '.env.example',
  '.github/workflows/dbsvc.yml',
  '.gitignore',
  'README.md',
  'compose.yaml',
  'dbsvc.config.yaml',
  'migrations/arango/shared/.gitkeep',
  'migrations/arango/tenant/.gitkeep',
  'migrations/clickhouse/shared/.gitkeep',
  'migrations/clickhouse/tenant/.gitkeep',
  'migrations/postgres/shared/0001_market_reference.sql',
  'migrations/postgres/shared/0002_tenant_configurations.sql',
  'migrations/postgres/tenant/0001_users.sql',
  'migrations/weaviate/shared/.gitkeep',
  'migrations/weaviate/tenant/.gitkeep',
]

describe('given a folder that does not exist', () => {
  test('when a project is written there, then it is made, with a configuration that loads', async () => {
    const { path } = await temporaryFolder()
    const directory = join(path, 'deep/project')
    expect(await initProject(directory)).toEqual({ directory, written: files, kept: [] })
    const loaded = await loadConfig({ cwd: directory, env: {} }, () => {})
    expect(loaded.file).toBe(join(directory, 'dbsvc.config.yaml'))
    expect(loaded.config.migrations.directory).toBe('migrations')
  })

  test('when a project is written there, then no password is in it and git ignores .env', async () => {
    const { path } = await temporaryFolder()
    await initProject(path)
    expect(await readFile(join(path, '.gitignore'), 'utf8')).toMatch(/^\.env$/m)
    const compose = await readFile(join(path, 'compose.yaml'), 'utf8')
    const example = await readFile(join(path, '.env.example'), 'utf8')
    const variables = new Set([...compose.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name))
    expect(new Set([...example.matchAll(/^(\w+)=change-me$/gm)].map(([, name]) => name))).toEqual(variables)
    expect(compose).not.toMatch(/^\s+- \d+:\d+$/m)
  })
})

describe('given a folder with files of its own', () => {
  test('when a project is written there, then they are kept and reported', async () => {
    const folder = await temporaryFolder()
    await folder.write('README.md', 'mine')
    await folder.write('.github/workflows/dbsvc.yml', 'mine too')
    const { written, kept } = await initProject(folder.path)
    expect(kept).toEqual(['.github/workflows/dbsvc.yml', 'README.md'])
    expect(written).toEqual(files.filter((file) => !kept.includes(file)))
    expect(await readFile(join(folder.path, 'README.md'), 'utf8')).toBe('mine')
  })

  test('when one of them is a link to nowhere, then it is kept and not written through', async () => {
    const { path } = await temporaryFolder()
    await symlink(join(path, 'elsewhere'), join(path, 'README.md'))
    expect((await initProject(path)).kept).toEqual(['README.md'])
    expect(await readdir(path)).not.toContain('elsewhere')
  })

  test('when a project is written twice, then the second time keeps everything', async () => {
    const { path } = await temporaryFolder()
    await initProject(path)
    expect(await initProject(path)).toEqual({ directory: path, written: [], kept: files })
  })
})

describe('given a place where no project can be written', () => {
  test('when the directory is a file, then DBS-1801', async () => {
    const folder = await temporaryFolder()
    const file = await folder.write('file', 'mine')
    await expect(initProject(file)).rejects.toMatchObject({ code: 'DBS-1801' })
    await expect(initProject(join(file, 'below'))).rejects.toMatchObject({ code: 'DBS-1801' })
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  test('when something of another kind is in the way, then DBS-1801 and nothing is written', async () => {
    const folder = await temporaryFolder()
    await folder.write('migrations', 'a file where a folder belongs')
    await mkdir(join(folder.path, 'compose.yaml'))
    await expect(initProject(folder.path)).rejects.toMatchObject({
      code: 'DBS-1801',
      message: expect.stringContaining('is a file'),
    })
    expect((await readdir(folder.path)).toSorted()).toEqual(['.git', 'compose.yaml', 'migrations'])
  })

  test('when a folder inside cannot be written, then DBS-1801 and what was written is gone', async () => {
    const folder = await temporaryFolder()
    const migrations = join(folder.path, 'migrations')
    await mkdir(migrations)
    await giveToUnprivileged(folder.path, migrations)
    await chmod(migrations, 0o500)
    const module = new URL('../../../src/app/init-project.ts', import.meta.url).href
    const printed = await runNodeUnprivileged(`
      const { initProject } = await import(${JSON.stringify(module)})
      await initProject(${JSON.stringify(folder.path)}).catch((error) => console.log(error.code, error.message))`)
    expect(printed).toMatch(/^DBS-1801 .*EACCES/)
    expect((await readdir(folder.path)).toSorted()).toEqual(['.git', 'migrations'])
    expect(await readdir(migrations)).toEqual([])
  })
})

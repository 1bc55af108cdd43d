import { readdir, readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { loadedModules } from '../../bench/support/loaded-modules.ts'
import { registry } from '../../src/commands/registry.ts'
import { runDbsvc } from '../support/dbsvc.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}

describe.skipIf(process.env.DBSVC_TEST_NO_PACK === '1')('given the installed package', () => {
  let folder: string
  let manifest: Manifest
  let chunks: string[]

  beforeAll(async () => {
    folder = dirname(dirname(inject('dbsvcBin')))
    manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
    const names = (await readdir(join(folder, 'dist'))).filter((name) => name.endsWith('.js'))
    chunks = await Promise.all(names.map((name) => readFile(join(folder, 'dist', name), 'utf8')))
  })

  test('then it imports nothing that npm does not install with it', () => {
    const known = new Set([
      ...builtinModules,
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.optionalDependencies),
      // Asked for by pg only where a program asks pg for it.
      'pg-native',
    ])
    const imports = /(?:\bfrom |\bimport |\bimport\(|\b__require\()"([\w@][\w@/.:-]*)"/g
    const found = chunks.flatMap((text) => [...text.matchAll(imports)].map((match) => match[1] ?? ''))
    expect(found).toContain('libpg-query')
    expect(found).toContain('node:net')
    expect(found.filter((id) => !known.has(packageOf(id.replace(/^node:/, ''))))).toEqual([])
  })

  test('then the licence of every package it contains comes with it', async () => {
    const notices = await readFile(join(folder, 'dist', 'THIRD_PARTY_LICENSES.txt'), 'utf8')
    const maps = (await readdir(join(folder, 'dist'))).filter((name) => name.endsWith('.map'))
    const texts = await Promise.all(maps.map((name) => readFile(join(folder, 'dist', name), 'utf8')))
    const contained = new Set(
      texts
        .flatMap((text) => (JSON.parse(text) as { sources: string[] }).sources)
        .flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []),
    )
    expect([...contained]).toEqual(expect.arrayContaining(['commander', 'pg', 'zod']))
    for (const name of contained) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'))
  })

  test('then a bill of materials names every package that is installed with it', async () => {
    const { components } = JSON.parse(await readFile(join(folder, 'dist', 'sbom.cdx.json'), 'utf8')) as {
      components: { group?: string; name: string; purl: string }[]
    }
    const named = components.map(({ purl }) => decodeURIComponent(purl))
    const wanted = { ...manifest.dependencies, ...manifest.optionalDependencies }
    for (const [name, version] of Object.entries(wanted)) expect(named).toContain(`pkg:npm/${name}@${version}`)
    expect(named.filter((purl) => /\/(?:vitest|typescript)@/.test(purl))).toEqual([])
  })

  test('when --help is asked for, then no command is loaded', () => {
    const loaded = loadedModules([inject('dbsvcBin'), '--help']).map((url) => basename(url))
    const commands = new Set(registry.map(({ path }) => `${path.at(-1)}-`))
    expect(loaded).toContain('cli.js')
    expect(loaded.filter((name) => commands.has(name.replace(/.{8}\.js$/, '')))).toEqual([])
  })

  test('when an error is shown with --verbose, then its trace names the sources', async () => {
    const { stderr } = await runDbsvc(['tenant', 'list', '--config', 'none.json', '--verbose'], {
      cwd: inject('runDirectory'),
    })
    expect(stderr).toMatch(/ {4}at .*src\/config\/file\.ts:\d+:\d+/)
    expect(stderr).not.toContain('dist/')
  })
})

/** `name` of `name/path`, `@scope/name` of `@scope/name/path`. */
function packageOf(id: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? id
}

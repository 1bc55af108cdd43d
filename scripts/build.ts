import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RolldownLog, rolldown } from 'rolldown'
import manifest from '../package.json' with { type: 'json' }
import { billOfMaterials } from './support/bill-of-materials.ts'
import { root } from './support/repository.ts'
import { thirdPartyNotices } from './support/third-party-notices.ts'

// A chunk a command and few packages to look up: reading hundreds of small files is most of what a start would cost.
const installed = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]
// Needed on every start, or made of hundreds of files that took a third of what `tenant create` takes. They are installed too: node-pg-migrate asks
// for pg and loads whole only for files that are not SQL, and migrations that are modules may import the clients of their engines.
const inlinedAsWell = /^(pg|node-pg-migrate\/.+|@clickhouse\/client|ioredis|weaviate-client)$/
// Looked for by pg, and only where it is asked for.
const neverInstalled = ['pg-native']

const bundle = await rolldown({
  cwd: root,
  input: 'src/cli.ts',
  platform: 'node',
  external: (id) => [...installed, ...neverInstalled].includes(packageOf(id)) && !inlinedAsWell.test(id),
  onLog: refuseWarnings,
})
const { output } = await bundle.write({
  dir: 'dist',
  cleanDir: true,
  // All beside each other: the sources look for package.json and shipped folders one level up.
  chunkFileNames: '[name]-[hash].js',
  comments: { legal: true, annotation: false, jsdoc: false },
  sourcemap: true,
  sourcemapExcludeSources: true,
})
await bundle.close()

const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
await writeFile(join(root, 'dist', 'THIRD_PARTY_LICENSES.txt'), await thirdPartyNotices(modules))
await writeFile(join(root, 'dist', 'sbom.cdx.json'), await billOfMaterials())

/** `name` of `name/path`, `@scope/name` of `@scope/name/path`. */
function packageOf(id: string): string {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
}

/** An import that cannot be resolved is a warning, and would fail at whoever runs that command. */
function refuseWarnings(level: string, log: RolldownLog): void {
  if (level === 'warn') throw new Error(log.message)
}

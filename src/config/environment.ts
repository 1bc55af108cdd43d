import type { ConfigFault } from '../core/errors/config.ts'
import { coerceText } from './coerce.ts'
import { type Leaf, settingLeaves } from './leaves.ts'
import type { Environment } from './load.ts'
import { nearest } from './nearest.ts'

/** A setting that an environment variable sets. */
export interface EnvironmentSetting {
  readonly path: readonly string[]
  /** The variable's name. */
  readonly name: string
  readonly value: unknown
}

const prefix = 'DBSVC_'
/** Variables of dbsvc's own tests, not settings. */
const testPrefix = 'DBSVC_TEST_'

/** `['postgres', 'servicePassword']` is set by `DBSVC_POSTGRES_SERVICE_PASSWORD`. */
export function variableName(path: readonly string[]): string {
  return prefix + path.map((key) => key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()).join('_')
}

/** Reads every `DBSVC_…` variable; one that names no setting is a fault, as a mistyped name would else be ignored. */
export function readEnvironment(env: Environment): { settings: EnvironmentSetting[]; faults: ConfigFault[] } {
  const leaves = new Map<string, Leaf>(settingLeaves().map((leaf) => [variableName(leaf.path), leaf]))
  const settings: EnvironmentSetting[] = []
  const faults: ConfigFault[] = []
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || !name.startsWith(prefix) || name.startsWith(testPrefix)) continue
    const leaf = leaves.get(name)
    if (leaf === undefined) faults.push(unknownVariable(name, leaves.keys()))
    else settings.push({ path: leaf.path, name, value: coerceText(text, leaf.schema) })
  }
  return { settings, faults }
}

function unknownVariable(name: string, known: Iterable<string>): ConfigFault {
  const meant = nearest(name, known)
  return {
    path: name,
    problem: meant === null ? 'names no setting' : `names no setting; did you mean ${meant}?`,
    source: 'environment',
  }
}

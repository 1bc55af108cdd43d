import { settingLeaves } from './leaves.ts'
import type { LoadedConfig, Origin } from './load.ts'
import { secretPaths } from './schema.ts'
import { valueAt } from './tree.ts'

/** One setting as it may be shown. */
export interface Setting {
  /** Dotted, such as `postgres.port`. */
  readonly path: string
  /** Null where nothing sets it; `[redacted]` for a secret. */
  readonly value: unknown
  readonly origin: Origin
}

/** Every setting in the schema's order, secrets redacted. */
export function listSettings({ config, origins }: LoadedConfig): Setting[] {
  return settingLeaves().map((leaf) => {
    const path = leaf.path.join('.')
    const value = valueAt(config, leaf.path) ?? null
    const shown = value !== null && secretPaths.includes(path) ? '[redacted]' : value
    return { path, value: shown, origin: origins.get(path) ?? { kind: 'default' } }
  })
}

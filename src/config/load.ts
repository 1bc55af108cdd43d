import type { Config } from './schema.ts'

/** Where a setting's value came from: a flag beats the environment, that beats the file, that beats the default. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** The `dbsvc dev` that runs in this project. */
  | { readonly kind: 'dev'; readonly pid: number }
  | { readonly kind: 'default' }

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface LoadedConfig {
  readonly config: Config
  /** The configuration file, or null where none was found. */
  readonly file: string | null
  /** Relative paths of the configuration are relative to this folder: the file's, else the working directory. */
  readonly root: string
  /** Origin by dotted path, for every setting of the schema, those without a value included. */
  readonly origins: ReadonlyMap<string, Origin>
}

export interface LoadOptions {
  readonly cwd: string
  readonly env: Environment
  /** `--config`: this file and no search. */
  readonly file?: string
  /** Settings from flags, by dotted path; the origin is the flag's name. */
  readonly flags?: Readonly<Record<string, { readonly name: string; readonly value: unknown }>>
}

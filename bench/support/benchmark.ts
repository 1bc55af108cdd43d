import type { ParseArgsConfig } from 'node:util'

/** What a benchmark found: one JSON document, and the same for people. */
export interface Report {
  readonly document: object
  readonly lines: readonly string[]
}

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>

export interface Benchmark {
  /** In the form of node:util's parseArgs; `json` is there already. */
  readonly options: NonNullable<ParseArgsConfig['options']>
  run(values: OptionValues, note: (text: string) => void): Promise<Report>
}

/** A whole number from 1 on. @throws when the option is something else */
export function countOf(values: OptionValues, name: string): number {
  const count = Number(values[name])
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} takes a whole number from 1 on`)
  return count
}

import type { AppliedMigration, MigrationFile } from './file.ts'
import { digestHistory } from './history.ts'

/** Migrations that one baseline stands for, oldest first. */
export type Squashed = readonly Pick<AppliedMigration, 'name' | 'checksum'>[]

export const baselineName = (version: string): string => `${version}_baseline`

const line = /^-- squashed: (\S+) ([0-9a-f]{64})$/gm

/** The lines by which a baseline says what it stands for, so that it can be taken up again without the files. */
export const renderSquashed = (migrations: Squashed): string[] =>
  migrations.map(({ name, checksum }) => `-- squashed: ${name} ${checksum}`)

/** What the text of a baseline says it stands for. */
export const parseSquashed = (text: string): Squashed =>
  [...text.matchAll(line)].map(([, name = '', checksum = '']) => ({ name, checksum }))

/** How a target that has the squashed migrations, and perhaps later ones, moves over to the baseline. */
export interface HistoryMove {
  readonly from: string
  readonly to: string
}

/** The histories that begin with the squashed migrations, each with the one that begins with the baseline instead. */
export function movesFor(
  squashed: Squashed,
  baseline: Pick<AppliedMigration, 'name' | 'checksum'>,
  later: Squashed,
): HistoryMove[] {
  return Array.from({ length: later.length + 1 }, (_, count) => ({
    from: digestHistory([...squashed, ...later.slice(0, count)]),
    to: digestHistory([baseline, ...later.slice(0, count)]),
  }))
}

/**
 * The files of a folder that the baseline stands for, and the others. By name: the last squashed file has the baseline's version
 * and may sort behind it.
 */
export function splitAt(
  files: readonly MigrationFile[],
  baseline: Pick<MigrationFile, 'name'>,
  squashed: Squashed,
): { readonly before: MigrationFile[]; readonly after: MigrationFile[] } {
  const names = new Set(squashed.map(({ name }) => name))
  const others = files.filter((file) => file.name !== baseline.name)
  return { before: others.filter(({ name }) => names.has(name)), after: others.filter(({ name }) => !names.has(name)) }
}

import { ExitCode } from '../exit-codes.ts'
import { define } from './define.ts'

/** Errors of what looks at structures, and rewrites history by them. */
export const structureErrors = {
  'DBS-1421': define<{ version: string; scope: string; behind: number; example: string }>({
    exit: ExitCode.Refused,
    summary: 'A target has not reached the version to squash to.',
    message: ({ version, scope, behind, example }) =>
      `${behind} ${scope} ${behind === 1 ? 'target is' : 'targets are'} before version ${version}, such as ${example}; a baseline would leave them without their next migration`,
    hint: ({ version, scope }) => `dbsvc migrate up --scope ${scope} --to ${version}`,
  }),
  'DBS-1422': define<{ file: string; differences: readonly string[] }>({
    exit: ExitCode.Failed,
    summary: 'A baseline could not be proven equal to the migrations it would stand for; nothing was changed.',
    message: ({ file, differences }) =>
      `${file} would not make what the migrations make:\n${differences.map((difference) => `  ${difference}`).join('\n')}`,
    hint: () => 'squash to an earlier version, or report what the dump cannot say',
  }),
  'DBS-1423': define<{ version: string; tables: readonly string[] }>({
    exit: ExitCode.Refused,
    summary: 'Migrations that write rows cannot be squashed.',
    message: ({ version, tables }) =>
      `the migrations up to ${version} write rows into ${tables.join(', ')}; a baseline of the structure would lose them`,
    hint: () => 'squash to the version before the one that writes them',
  }),
}

import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { baselineName, renderSquashed } from '../../core/migration/squash.ts'
import { diffStructures, subjectOf } from '../../core/structure/diff.ts'
import { describeObject } from '../../core/structure/object.ts'
import { compileMigrations } from '../../engines/postgres/migration/compile.ts'
import { renderDump } from '../../engines/postgres/structure/sql/dump.ts'
import { renderMending } from '../../engines/postgres/structure/sql/mend.ts'
import { renderAlone } from '../../engines/postgres/structure/sql/place-holder.ts'
import type { Session } from '../session.ts'
import { buildFresh, type FreshBuild } from '../structure/fresh-build.ts'
import { discardBaseline, prepareBaseline, type SquashFolder } from './squash-files.ts'

/**
 * Writes the baseline of `squashed` to where the loader does not see it, and builds it as a new company would be built, beside
 * a build of the migrations themselves. Both are rolled back. What dbsvc's own protection makes otherwise than the migrations
 * did, such as a grant that one of them took away, is added and the proof taken again.
 * @throws DBS-1422 when they are not equal, DBS-1423 when the migrations write rows; no file is left then
 */
export async function proveBaseline(
  session: Session,
  scope: ProjectScope,
  folder: SquashFolder,
  squashed: readonly MigrationFile[],
): Promise<MigrationFile> {
  const version = squashed.at(-1)?.version ?? ''
  const name = baselineName(version)
  const wanted = await buildFresh(session, { scope, folder: folder.files, files: squashed })
  if (wanted.filled.length > 0) throw DbsvcError.of('DBS-1423', { version, tables: wanted.filled })
  const heading = await headingOf(folder, squashed)
  const dump = renderDump(wanted.structure, wanted.dependencies, { protections: false })

  const attempt = async (additions: readonly string[]): Promise<{ file: MigrationFile; made: FreshBuild }> => {
    const text = [...heading, '-- Up Migration', dump, ...additions.map((sql) => `${renderAlone(sql)}\n`)].join('\n')
    const file = await prepareBaseline(folder, scope, name, text)
    try {
      return { file, made: await buildFresh(session, { scope, folder: [file], files: [file] }) }
    } catch (error) {
      await discardBaseline(file)
      throw error
    }
  }
  let { file, made } = await attempt([])
  if (made.fingerprint !== wanted.fingerprint) {
    const { asAdmin, asOwner } = renderMending(diffStructures(wanted.structure, made.structure), wanted.structure)
    ;({ file, made } = await attempt([...asAdmin, ...asOwner]))
  }
  if (made.fingerprint === wanted.fingerprint) return file
  await discardBaseline(file)
  throw unequal(file, wanted, made)
}

/**
 * Takes the proof of a baseline that came with the folder, as far as the files it stands for came with it.
 * @throws DBS-1422
 */
export async function checkBaseline(
  session: Session,
  scope: ProjectScope,
  baseline: MigrationFile,
  squashed: readonly MigrationFile[],
): Promise<void> {
  const wanted = await buildFresh(session, { scope, folder: squashed, files: squashed })
  const made = await buildFresh(session, { scope, folder: [baseline], files: [baseline] })
  if (made.fingerprint !== wanted.fingerprint) throw unequal(baseline, wanted, made)
}

function unequal(baseline: MigrationFile, wanted: FreshBuild, made: FreshBuild): DbsvcError {
  const differences = diffStructures(wanted.structure, made.structure)
  return DbsvcError.of('DBS-1422', {
    file: baseline.path,
    differences: differences.map((one) => `${one.type} ${describeObject(subjectOf(one))}`),
  })
}

/** What the baseline stands for, and the tables that those files have left unprotected on purpose. */
async function headingOf(folder: SquashFolder, squashed: readonly MigrationFile[]): Promise<string[]> {
  const compiled = await compileMigrations(folder.files, new Set(squashed.map((file) => file.name)), 'up')
  const exemptions = new Map(compiled.flatMap((file) => file.exemptions.map(({ table, reason }) => [table, reason])))
  return [
    '-- One baseline in place of the migrations below, written and proven equal to them by dbsvc migrate squash.',
    ...renderSquashed(squashed),
    ...[...exemptions].map(([table, reason]) => `-- dbsvc: unprotected ${table} because ${reason}`),
    '',
  ]
}

import type { EngineName } from '../../../core/engine.ts'
import type { MigrationFile } from '../../../core/migration/file.ts'
import type { EngineWorker, PassingFailure } from '../../../engines/engine.ts'
import type { Project } from '../../project.ts'
import type { Session } from '../../session.ts'
import type { Folders } from '../folders.ts'
import type { Crew, OpeningCrew } from '../workers.ts'

/** A worker of whatever engine; its migrations come from the same driver. */
export type AnyWorker = EngineWorker<MigrationFile>

/** A migration as people are shown it. */
export interface MigrationText {
  /** What is sent; null where that is different for each target. */
  readonly sql: string | null
  /** False when it runs outside a transaction. */
  readonly transaction: boolean
}

/** What migrating one engine takes that is different from the others. */
export interface MigrationDriver {
  readonly engine: EngineName
  /** Whether a run goes on in the other engines when this one is gone. */
  readonly dispensable: boolean
  /** @throws DBS-1301 when the folder of all migrations is not there */
  readFolders(project: Project): Promise<Folders>
  /** Compiles the files named. @throws DBS-1302, DBS-1303, DBS-1504 */
  compile(
    folder: readonly MigrationFile[],
    wanted: ReadonlySet<string>,
    direction: 'up' | 'down',
  ): Promise<readonly MigrationFile[]>
  describe(migration: MigrationFile): MigrationText
  /** Begins to open as many workers as there is work for. */
  openCrew(session: Session, targets: number): OpeningCrew<AnyWorker>
  /** Narrows a crew to what these migrations bear. */
  narrow(migration: MigrationFile, crew: Crew<AnyWorker>): Crew<AnyWorker>
  /** Whether a failure may pass by itself. */
  passing(error: unknown): PassingFailure | undefined
}

import { DbsvcError } from '../../core/errors/error.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import {
  findRuns,
  type ListedRun,
  listRuns,
  type RunSession,
  type RunTarget,
  readRunSessions,
  readRunTargets,
  type StoredRun,
} from '../../engines/postgres/migration/run-list.ts'
import { cancelRun, requestOfRun } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'

export interface RunDetails extends StoredRun {
  readonly sessions: readonly RunSession[]
  readonly targets: readonly RunTarget[]
}

/** The latest runs, the newest first. */
export async function latestRuns(session: Session, limit: number): Promise<ListedRun[]> {
  await requireControl(session.client, session.place)
  return listRuns(session.client, limit)
}

/** Finds a run by its id, or by the beginning of it. @throws DBS-1310 */
export async function findRun(session: Session, id: string): Promise<StoredRun> {
  await requireControl(session.client, session.place)
  const [run, other] = await findRuns(session.client, id)
  if (run === undefined) throw DbsvcError.of('DBS-1310', { run: id, reason: 'there is no such run' })
  if (other !== undefined) throw DbsvcError.of('DBS-1310', { run: id, reason: 'several runs begin so' })
  return run
}

export async function showRun(session: Session, id: string): Promise<RunDetails> {
  const run = await findRun(session, id)
  const sessions = await readRunSessions(session.client, run.runId)
  return { ...run, sessions, targets: await readRunTargets(session.client, run.runId) }
}

/** Asks a run to end behind the batches under way; it can be gone on with. @throws DBS-1412 unless it is under way */
export async function pauseRun(session: Session, id: string | undefined): Promise<StoredRun> {
  const run = id === undefined ? await onlyRunning(session) : await findRun(session, id)
  if (run.state !== 'running') {
    throw DbsvcError.of('DBS-1412', {
      run: run.runId,
      state: `is ${run.state}`,
      wanted: 'only one that is running can be paused',
    })
  }
  await requestOfRun(session.client, run.runId, 'pause')
  return run
}

/** Gives a run up for good: one under way ends behind its batches. @throws DBS-1412 when it has ended by itself */
export async function cancelRunById(session: Session, id: string): Promise<StoredRun> {
  const run = await findRun(session, id)
  if (run.state === 'running') await requestOfRun(session.client, run.runId, 'cancel')
  else if (run.state === 'succeeded' || run.state === 'cancelled') {
    throw DbsvcError.of('DBS-1412', { run: run.runId, state: `is ${run.state}`, wanted: 'there is nothing to cancel' })
  } else await cancelRun(session.client, run.runId)
  return run
}

async function onlyRunning(session: Session): Promise<StoredRun> {
  const running = (await latestRuns(session, 100)).filter(({ state }) => state === 'running')
  const [run] = running
  if (run === undefined) throw DbsvcError.of('DBS-1310', { run: 'pause', reason: 'no run is under way' })
  if (running.length > 1) {
    const ids = running.map(({ runId }) => runId).join(', ')
    throw DbsvcError.of('DBS-1310', { run: 'pause', reason: `several runs are under way, name one: ${ids}` })
  }
  return findRun(session, run.runId)
}

import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { engineNames } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { StoredRun } from '../../engines/postgres/migration/run-list.ts'
import { continueRun } from '../../engines/postgres/migration/run-record.ts'
import type { Session } from '../session.ts'
import { goDown, type UndoParameters } from './down.ts'
import { digestsOf, readEngines } from './engines.ts'
import type { RunOptions, RunResult } from './run.ts'
import { findRun } from './runs.ts'
import { goUp, type UpParameters } from './up.ts'

// What dbsvc itself has written; only what tells the kinds apart is looked at.
const recorded = z.looseObject({
  engine: z.enum(engineNames).optional(),
  to: z.string().optional(),
  folders: z.record(z.string(), z.strictObject({ shared: z.string(), tenant: z.string() })),
})

/**
 * Goes on with a run that was paused, stopped, interrupted or killed, or that had failures: with what it was asked to do, on this
 * machine. @throws DBS-1310, DBS-1412 when it is under way or through, DBS-1413 when the files are others
 */
export async function resumeRun(session: Session, id: string, options: RunOptions): Promise<RunResult> {
  const run = await findRun(session, id)
  const parameters = recorded.safeParse(run.parameters).data
  if (parameters === undefined) throw refusal(run, `is a ${run.command}`, 'run that command again instead')
  const { engine, to } = parameters
  const engines = await readEngines(session, { ...(engine && { engine }), ...(to && { to }) })
  if (!isDeepStrictEqual(parameters.folders, digestsOf(engines))) {
    throw DbsvcError.of('DBS-1413', { run: run.runId })
  }
  if (run.state === 'succeeded' || run.state === 'cancelled') {
    throw refusal(run, `is ${run.state}`, 'there is nothing to go on with')
  }
  const continued = await continueRun(session.client, run.runId)
  if (!continued) throw refusal(run, 'is running', 'dbsvc migrate up joins in its work')
  return 'back' in parameters
    ? goDown(session, engines, parameters as unknown as UndoParameters, options, run.runId)
    : goUp(session, engines, parameters as unknown as UpParameters, options, run.runId)
}

const refusal = ({ runId }: StoredRun, state: string, wanted: string): DbsvcError =>
  DbsvcError.of('DBS-1412', { run: runId, state, wanted })

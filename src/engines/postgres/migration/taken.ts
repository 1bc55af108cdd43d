import pg from 'pg'
import { TargetsTaken } from '../../engine.ts'

/** Whether an error is dbsvc.claim's refusal, and of which targets. */
export function takenTargets(error: unknown): TargetsTaken | undefined {
  if (!(error instanceof pg.DatabaseError) || error.constraint !== 'dbsvc_target_moved') return undefined
  return new TargetsTaken(JSON.parse(error.detail ?? '{}') as { busy?: string[]; moved?: string[] })
}

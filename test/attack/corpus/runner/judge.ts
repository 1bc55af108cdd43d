import type { TestDatabase } from '../../../support/database.ts'
import { canaries } from './scene.ts'
import type { Success } from './technique.ts'
import type { Told } from './transcript.ts'

export interface Outcome {
  readonly told: readonly Told[]
  readonly victim?: Told
}

/** Versions of the rows that an attempt is to bring about; those of an earlier one are not its own. */
export async function effectsOf(success: Success, database: TestDatabase): Promise<ReadonlySet<string>> {
  if (typeof success !== 'object' || !('effect' in success)) return new Set()
  const versions = success.effect.replace(/^select from/, 'select tableoid::text, ctid::text, xmin::text from')
  return new Set((await database.query(versions)).map((version) => JSON.stringify(version)))
}

/** Whether an attempt got what it was after. @param before what was there of it already */
export async function succeeded(
  success: Success,
  { told, victim }: Outcome,
  database: TestDatabase,
  before: ReadonlySet<string> = new Set(),
): Promise<boolean> {
  const bytes = told.map((step) => step.bytes).join('\n')
  if (success === 'canary') return canaries.test(bytes)
  if (success === 'runs') return told.at(-1)?.verdict === 'ok'
  if (success instanceof RegExp) return success.test(bytes)
  if ('victim' in success) return success.victim.test(victim?.bytes ?? '')
  return [...(await effectsOf(success, database))].some((version) => !before.has(version))
}

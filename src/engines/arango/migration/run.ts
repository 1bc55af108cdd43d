import { DbsvcError, reasonOf } from '../../../core/errors/error.ts'
import type { StepOptions, StoreTarget } from '../../store.ts'
import type { CompanyRegister } from '../company/register.ts'
import { failureOf, lost, refusedBecause } from '../connection/failure.ts'
import type { ArangoServer } from '../connection/server.ts'
import { databaseOf, sharedDatabase } from '../names.ts'
import { mapTexts } from './json.ts'
import { perform } from './perform.ts'
import type { ArangoStep } from './step.ts'

const placeholder = '{company}'

/** Runs one step on one target; `{company}` in a .json migration is the company's name. */
export async function runStep(
  { server, register }: { readonly server: ArangoServer; readonly register: CompanyRegister },
  { scope, company }: StoreTarget,
  step: ArangoStep,
  { inDoubt, signal }: StepOptions,
): Promise<void> {
  if (scope === 'shared') await register.prepare()
  const database = server.database(scope === 'shared' ? sharedDatabase : databaseOf(company), signal)
  if (signal.aborted) throw givenUp(server.place, 'before it was sent')
  if (step.script === undefined) {
    const operation = mapTexts(step.operation, (text) => text.replaceAll(placeholder, company))
    return perform(database, operation, inDoubt)
  }
  try {
    await untilAborted(() => step.script({ db: database.driver, company, signal }), signal, server.place)
  } catch (error) {
    const failure = failureOf(error, server.place, server.user)
    // A mistake of the script itself is not dbsvc's.
    throw failure instanceof DbsvcError
      ? failure
      : refusedBecause(server.place, `${step.text} threw: ${reasonOf(error)}`)
  }
}

/** Code may heed the signal or not; once it is aborted nobody waits for it. */
async function untilAborted(work: () => unknown, signal: AbortSignal, place: string): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(givenUp(place, 'while it was under way'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([work(), aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const givenUp = (place: string, when: string): DbsvcError => lost(place, `given up ${when}`)

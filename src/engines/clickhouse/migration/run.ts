import { DbsvcError } from '../../../core/errors/error.ts'
import type { StepOptions, StoreTarget } from '../../store.ts'
import { createSharedDatabase, protectSharedTables } from '../company/shared-tables.ts'
import type { StatementOptions } from '../connection/session.ts'
import { failureOf } from '../failure.ts'
import { databaseOf, sharedDatabase } from '../names.ts'
import type { Place } from '../place.ts'
import { onCluster } from '../sql/cluster.ts'
import { fillIn, placeholdersIn, takesParameters } from '../sql/placeholder.ts'
import { type SqlStatement, splitStatements } from '../sql/statement.ts'
import { isDone } from './in-doubt.ts'
import type { SqlStep } from './step.ts'

/** Runs one statement on one target; where it was begun before, only if it was not done then. */
export async function runStep(place: Place, target: StoreTarget, step: SqlStep, options: StepOptions): Promise<void> {
  const database = target.scope === 'shared' ? sharedDatabase : databaseOf(target.company)
  if (target.scope === 'shared') await createSharedDatabase(place)
  const values = valuesFor(target, database)
  const statement = place.cluster === null ? step.statement : reparse(onCluster(step.statement, place.cluster))
  if (options.inDoubt && (await isDone(place, { ...target, database }, step.statement, values))) {
    await protect(place, target)
    return
  }
  try {
    await place.session.run(textFor(statement, values), {
      database,
      signal: options.signal,
      ...parametersFor(statement, values),
      settings: { insert_deduplication_token: `${database}:${step.token}` },
    })
  } catch (error) {
    if (options.signal.aborted) throw DbsvcError.of('DBS-1904', {}, error)
    throw failureOf(error, place.session)
  }
  await protect(place, target)
}

/** A table that companies share is closed before the next statement, so that none can be read in between. */
async function protect(place: Place, { scope }: StoreTarget): Promise<void> {
  if (scope === 'shared') await protectSharedTables(place)
}

export type Values = Readonly<Record<string, string>>

/** `company` is missing in the shared scope, which has none. */
function valuesFor({ scope, company }: StoreTarget, database: string): Values {
  return { database, shared: sharedDatabase, ...(scope === 'tenant' ? { company } : {}) }
}

const textFor = (statement: SqlStatement, values: Values): string =>
  takesParameters(statement.tokens) ? statement.text : fillIn(statement, values)

function parametersFor(statement: SqlStatement, values: Values): Pick<StatementOptions, 'parameters'> {
  if (!takesParameters(statement.tokens) || placeholdersIn(statement.tokens).length === 0) return {}
  return { parameters: values }
}

/** The text after ON CLUSTER was put in; data of an INSERT is never touched by that. */
function reparse(text: string): SqlStatement {
  const [statement] = splitStatements(text)
  if (statement === undefined) throw new Error(`no statement in: ${text}`)
  return statement
}

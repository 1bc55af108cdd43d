import { DbsvcError } from '../../../core/errors/error.ts'
import type { Session, StatementOptions } from '../connection/session.ts'

/** A step of a plan as EXPLAIN json = 1 writes it. */
interface PlanStep {
  readonly 'Node Type': string
  readonly Description?: string
  readonly Indexes?: readonly IndexUse[]
  readonly Plans?: readonly PlanStep[]
}

interface IndexUse {
  readonly Type: string
  readonly Condition?: string
  readonly 'Initial Granules'?: number
  readonly [field: string]: unknown
}

export interface ExplainedRead {
  readonly plan: PlanStep
  readonly advice: readonly { readonly id: string; readonly message: string; readonly mend: string }[]
}

/** The plan of a statement that only reads, which is not run. How much there is in shared tables is not told. @throws what the client throws */
export async function explainRead(session: Session, sql: string, options: StatementOptions): Promise<ExplainedRead> {
  const settings = { ...options.settings, readonly: 1 }
  const printed = await session.text(`explain json = 1, indexes = 1 ${sql}`, 'TabSeparatedRaw', {
    ...options,
    settings,
  })
  const [found] = JSON.parse(printed) as readonly { readonly Plan?: PlanStep }[]
  if (found?.Plan === undefined) throw DbsvcError.of('DBS-2404', { engine: 'ClickHouse', reason: 'it has no plan' })
  const plan = shown(found.Plan, options.database ?? '')
  return { plan, advice: stepsOf(plan).flatMap(adviceOn) }
}

function shown(step: PlanStep, database: string): PlanStep {
  const { Description: description, Indexes: indexes, Plans: below } = step
  const own = description?.startsWith(`${database}.`) === true
  return {
    'Node Type': step['Node Type'],
    ...(description === undefined ? {} : { Description: description }),
    ...(indexes === undefined ? {} : { Indexes: own ? indexes : indexes.map(withoutCounts) }),
    ...(below === undefined ? {} : { Plans: below.map((next) => shown(next, database)) }),
  }
}

/** Parts and granules of a shared table are made of all companies' rows. */
const withoutCounts = (use: IndexUse): IndexUse =>
  Object.fromEntries(Object.entries(use).filter(([field]) => !/^(?:Initial|Selected) /.test(field))) as IndexUse

const stepsOf = (step: PlanStep): PlanStep[] => [step, ...(step.Plans ?? []).flatMap(stepsOf)]

function adviceOn({ Description: table, Indexes: indexes = [] }: PlanStep): ExplainedRead['advice'] {
  const key = indexes.find(({ Type: type }) => type === 'PrimaryKey')
  if (key?.Condition !== 'true' || key['Initial Granules'] === 1) return []
  const message = `no condition is on the first columns of the sorting key of ${table}, so that all of it is read`
  return [{ id: 'primary-key-unused', message, mend: '' }]
}

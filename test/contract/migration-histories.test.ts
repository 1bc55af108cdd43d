import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { runDbsvc } from '../support/dbsvc.ts'
import { createHistoryCluster, type HistoryCluster } from './support/history/cluster.ts'
import { migrationOf, type Trouble } from './support/history/migrations.ts'
import { Model, type Outcome } from './support/history/model.ts'
import { describeOperation, nextOperation, type Operation } from './support/history/operations.ts'
import { randomOf } from './support/history/random.ts'
import { expectedState, readState } from './support/history/state.ts'

const long = process.env.DBSVC_TEST_HISTORIES_LONG === '1'
const given = process.env.DBSVC_TEST_SEED
const histories = given !== undefined ? 1 : long ? 20 : 3
const operations = long ? 300 : 70
const timeoutMs = long ? 600_000 : 120_000

test(
  'whatever is done to a fleet, in whatever order, each company has what it is said to have',
  async () => {
    for (let history = 0; history < histories; history++) {
      await live(given === undefined ? randomInt(2 ** 31) : Number(given))
    }
  },
  timeoutMs * histories,
)

/** Every history begins with a failure outside a transaction, which somebody will have to go on from. */
const beginning: readonly Operation[] = [
  { type: 'up', chosen: {} },
  { type: 'file', kind: 'items' },
  { type: 'up', chosen: {} },
  { type: 'create', companies: ['anna', 'bert', 'carl'] },
  { type: 'trouble', company: 'anna', trouble: 'namesakes', end: false },
  { type: 'file', kind: 'outside' },
  { type: 'up', chosen: {} },
]

/** Lives through a random history, and compares what is there with the model after each operation. */
async function live(seed: number): Promise<void> {
  const random = randomOf(seed)
  const model = new Model()
  const cluster = await createHistoryCluster()
  const story: string[] = []
  const go = async (operation: Operation): Promise<void> => {
    story.push(describeOperation(operation, model))
    const reported = await cluster.perform(operation, model)
    const expected = apply(operation, model)
    expect(sorted(reported), 'what the run reports').toEqual(sorted(expected))
    expect(await readState(cluster.database), 'what the database has').toEqual(expectedState(model))
  }
  try {
    for (const operation of beginning) await go(operation)
    for (let count = 0; count < operations; count++) await go(nextOperation(random, model))
    await mendAll(model, go)
    await go({ type: 'up', chosen: {} })
    await findNothing(cluster)
  } catch (error) {
    const again = `DBSVC_TEST_SEED=${seed}${long ? ' DBSVC_TEST_HISTORIES_LONG=1' : ''}`
    throw new Error(`to live through this again: ${again}\n${story.join('\n')}`, { cause: error })
  }
}

function apply(operation: Operation, model: Model): Outcome | undefined {
  switch (operation.type) {
    case 'file':
      model.files.push(migrationOf(operation.kind, model.files.length + 1))
      return undefined
    case 'up':
      return model.up(operation.to, operation.chosen)
    case 'down':
      return model.down(operation.back, operation.chosen)
    case 'redo':
      return model.redo(operation.chosen)
    case 'create':
      for (const company of operation.companies) model.create(company)
      return undefined
    case 'drop':
      model.companies.delete(operation.company)
      return undefined
    case 'together': {
      // Who was there first is no different in the end.
      if (operation.other.type === 'drop') apply(operation.other, model)
      const outcome = apply(operation.up, model)
      if (operation.other.type === 'create') apply(operation.other, model)
      return { completed: null, failures: outcome?.failures ?? [] }
    }
    case 'trouble': {
      const some = model.companies.get(operation.company)?.troubles
      if (operation.end) some?.delete(operation.trouble)
      else some?.add(operation.trouble)
      return undefined
    }
  }
}

const sorted = (outcome: Outcome | undefined): Outcome | undefined =>
  outcome && { ...outcome, failures: outcome.failures.toSorted((a, b) => (a.target < b.target ? -1 : 1)) }

async function mendAll(model: Model, go: (operation: Operation) => Promise<void>): Promise<void> {
  for (const [company, { troubles }] of model.companies) {
    for (const trouble of [...troubles] as Trouble[]) await go({ type: 'trouble', company, trouble, end: true })
  }
}

/** Nobody's structure is another than a fresh build's, and every run has ended. */
async function findNothing({ project, database }: HistoryCluster): Promise<void> {
  const drift = await runDbsvc(['drift', '--against', 'build', '--json'], { cwd: project.directory })
  expect(drift.json(), drift.stderr).toMatchObject({ drifted: 0, skipped: [] })
  expect(await database.query('select run_id from dbsvc.runs where outcome is null')).toEqual([])
}

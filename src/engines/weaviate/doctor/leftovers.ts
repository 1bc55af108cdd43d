import type { StoreObservation } from '../../store.ts'
import { findOverBudget } from '../budget.ts'
import { nameOf } from '../classes.ts'
import { readRecords } from '../record.ts'
import type { Sight } from './sight.ts'

/** Aliases that lead nowhere, and rebuilds that were not ended. */
export async function examineLeftovers({ connection, classes }: Sight): Promise<StoreObservation[]> {
  const names = new Set(classes.map(nameOf))
  const dangling = ((await connection.client.alias.listAll()) ?? []).filter(({ collection }) => !names.has(collection))
  const rebuilds = [...(await readRecords(connection, 'rebuild')).keys()]
  return [
    ...dangling.map(
      ({ alias, collection }): StoreObservation => ({
        id: 'weaviate-dangling-alias',
        severity: 'error',
        message: `the alias ${alias} stands for ${collection}, which is gone`,
        means: 'every request that uses the alias fails, and no class of that name can be made',
        mend: null,
      }),
    ),
    ...rebuilds.map(
      (name): StoreObservation => ({
        id: 'weaviate-unfinished-rebuild',
        severity: 'warning',
        message: `the rebuild into ${name} was begun and not ended`,
        means: 'objects are there twice, and tenants that were inactive may be active',
        mend: 'dbsvc migrate up',
      }),
    ),
  ]
}

export async function examineBudgets({ connection }: Sight): Promise<StoreObservation[]> {
  return (await findOverBudget(connection)).map(({ company, objects, budget }) => ({
    id: 'weaviate-over-budget',
    severity: 'warning',
    message: `${company} has ${objects} objects of ${budget}`,
    means: 'Weaviate itself sets no limit; dbsvc takes no more objects of it',
    mend: `dbsvc tenant set ${company} --tier <tier>`,
  }))
}

import { conjunctsOf } from '../plan.ts'
import { type AdviceRule, isPolicy, relationOf } from './rule.ts'

/** A table of fewer pages is read in less time than its index. */
const cheapCost = 50
const comparison = /^\(?"?\w+"?\.("[^"]+"|\w+)\)?(?:::[\w ]+)? (=|<|>|<=|>=) /

/** A table is read from end to end although conditions would choose few of its rows. */
export const sequentialScan: AdviceRule = (node, { facts, sized }) => {
  if (node['Node Type'] !== 'Seq Scan' || node['Relation Name'] === undefined) return null
  if (sized && (node['Total Cost'] ?? 0) < cheapCost) return null
  const key = `${node.Schema}.${node['Relation Name']}`
  if (facts.timeColumns.has(key)) return null
  const compared = conjunctsOf(node.Filter)
    .filter((condition) => !isPolicy(condition))
    .flatMap((condition) => {
      const [, column, operator] = comparison.exec(condition) ?? []
      return column === undefined ? [] : [{ column, equal: operator === '=' }]
    })
  const range = compared.find(({ equal }) => !equal)
  const wanted = [...compared.filter(({ equal }) => equal), ...(range === undefined ? [] : [range])]
  const columns = [...new Set(wanted.map(({ column }) => column))]
  if (columns.length === 0) return null
  const all = node.Schema === 'public' ? ['company_id', ...columns] : columns
  if (isServed(facts.indexes.get(key) ?? [], all)) return null
  const relation = relationOf(node)
  return {
    id: 'sequential-scan',
    message: `all rows of ${relation} are read to find those with a certain ${columns.join(' and ')}`,
    mend: `create index on ${relation} (${all.join(', ')})`,
  }
}

/** Whether an index begins with these columns, in any order: then the planner had its choice. */
const isServed = (indexes: readonly (readonly string[])[], columns: readonly string[]): boolean =>
  indexes.some((index) => columns.every((column) => index.slice(0, columns.length).includes(column)))

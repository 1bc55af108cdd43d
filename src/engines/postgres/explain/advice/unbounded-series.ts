import { conjunctsOf } from '../plan.ts'
import { type AdviceRule, relationOf } from './rule.ts'

/** A time series is read without a condition on its time, so that no partition or chunk can be left out. */
export const unboundedSeries: AdviceRule = (node, { facts }) => {
  if (!/Scan$/.test(node['Node Type']) || node['Node Type'] === 'Custom Scan') return null
  const column = facts.timeColumns.get(`${node.Schema}.${node['Relation Name']}`)
  if (column === undefined) return null
  const conditions = [node.Filter, node['Index Cond'], node['Recheck Cond']].flatMap(conjunctsOf)
  const bounds = new RegExp(`\\."?${column}"? (?:=|<|>|<=|>=) |(?:=|<|>|<=|>=) \\w+\\."?${column}"?$`)
  if (conditions.some((condition) => bounds.test(condition))) return null
  return {
    id: 'time-series-unbounded',
    message: `all partitions of ${relationOf(node)} are read: a condition on ${column} would leave most of them out`,
    mend: '',
  }
}

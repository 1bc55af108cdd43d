import type { AdviceRule } from './rule.ts'

/** Each row of one side meets each of the other. */
export const cartesianProduct: AdviceRule = (node, { sized }) => {
  if (node['Node Type'] !== 'Nested Loop' || node['Join Filter'] !== undefined) return null
  const sides = (node.Plans ?? []).filter(({ 'Parent Relationship': side }) => side === 'Outer' || side === 'Inner')
  const inner = sides.find(({ 'Parent Relationship': side }) => side === 'Inner')
  // Where the inner side depends on the outer one it is looked up anew for each row.
  if (inner === undefined || !['Materialize', 'Seq Scan', 'Function Scan', 'CTE Scan'].includes(inner['Node Type']))
    return null
  if (sized && sides.some(({ 'Plan Rows': rows }) => (rows ?? 0) <= 1)) return null
  return {
    id: 'cartesian-product',
    message: 'a join has no condition between its sides, so that each row of one meets each of the other',
    mend: '',
  }
}

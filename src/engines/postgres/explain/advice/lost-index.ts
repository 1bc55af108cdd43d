import { conjunctsOf } from '../plan.ts'
import { type AdviceRule, isPolicy, relationOf } from './rule.ts'

// Operators and functions that are not LEAKPROOF, as pg_proc has it; numeric comparisons are told by the type of their constant.
const leaky = /(?:~~\*?|!~|[^!<>=]~\*?|@>|<@|&&|\?[|&]?|->>?|#>>?) |::numeric\b|^\w+\(/

/** A condition that no index may serve, because row security has to be looked at first. */
export const lostIndex: AdviceRule = (node) => {
  if (node['Relation Name'] === undefined) return null
  const condition = conjunctsOf(node.Filter).find((found) => !isPolicy(found) && leaky.test(found))
  if (condition === undefined) return null
  return {
    id: 'index-lost-to-row-security',
    message:
      `row security of ${relationOf(node)} comes before ${condition.slice(0, 200)}, which might tell of rows it is given, so no ` +
      'index serves it; add a condition that compares a column of text, whole numbers or time, or keep what is compared in a column of its own',
    mend: '',
  }
}

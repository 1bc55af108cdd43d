import { cartesianProduct } from './advice/cartesian-product.ts'
import { lostIndex } from './advice/lost-index.ts'
import type { AdviceRule } from './advice/rule.ts'
import { sequentialScan } from './advice/sequential-scan.ts'
import { unboundedSeries } from './advice/unbounded-series.ts'
import type { RelationFacts } from './facts.ts'
import { isOwnOnly, maskPlan, withoutSizes } from './mask.ts'
import { type Advice, nodesOf, type PlanNode } from './plan.ts'

const rules: readonly AdviceRule[] = [sequentialScan, lostIndex, cartesianProduct, unboundedSeries]

/** A plan as its company may see it. */
export interface ExplainedPlan {
  readonly plan: PlanNode
  readonly advice: readonly Advice[]
}

export interface ExplainTerms {
  readonly company: string
  /** Null where the request is for the whole company. */
  readonly user: string | null
  readonly facts: RelationFacts
}

/** What EXPLAIN (FORMAT JSON, VERBOSE) printed, for whoever asked. Costs and rows are told of a company's own tables only, and to no single user. */
export function explainPlan(printed: string, { company, user, facts }: ExplainTerms): ExplainedPlan {
  const [{ Plan: root }] = JSON.parse(printed) as [{ Plan: PlanNode }]
  const masked = maskPlan(root, { company, series: [...facts.timeColumns.keys()] })
  const sized = user === null && isOwnOnly(root, company)
  const advice = nodesOf(masked).flatMap((node) => rules.flatMap((rule) => rule(node, { facts, sized }) ?? []))
  return {
    plan: sized ? masked : withoutSizes(masked),
    advice: [...new Map(advice.map((found) => [JSON.stringify(found), found])).values()],
  }
}

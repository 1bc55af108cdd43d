import type { RelationFacts } from '../facts.ts'
import type { Advice, PlanNode } from '../plan.ts'

export interface AdviceTerms {
  readonly facts: RelationFacts
  /** Whether the plan's sizes are of the company's own tables alone, so that advice may go by them. */
  readonly sized: boolean
}

/** Looks at one node of a masked plan. */
export type AdviceRule = (node: PlanNode, terms: AdviceTerms) => Advice | null

/** A condition that a policy brought. */
export const isPolicy = (condition: string): boolean => /<(?:company|user|proof|policy)>/.test(condition)

/** `users`, or `public.market_data`. */
export function relationOf({ Schema, 'Relation Name': relation = '' }: PlanNode): string {
  return Schema === 'public' ? `public.${relation}` : relation
}

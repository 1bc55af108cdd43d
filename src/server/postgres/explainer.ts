import { explainPlan } from '../../engines/postgres/explain/explain.ts'
import type { RelationFacts } from '../../engines/postgres/explain/facts.ts'
import type { Guard } from '../guard/verdict.ts'
import type { Explainer } from '../operations/explainer.ts'
import type { PostgresGateway } from './gateway.ts'

/** Plans of PostgreSQL, under the signed context of the request. @param factsOf reads what is known of a company's relations */
export function postgresExplainer(
  guard: Guard,
  gateway: PostgresGateway,
  factsOf: (company: string) => Promise<RelationFacts>,
): Explainer {
  return {
    judge: guard.judge,
    async explain(context, statement, options) {
      const printed = await gateway.explain(context, statement, options)
      const { company } = context.company
      return explainPlan(printed, { company, user: context.user, facts: await factsOf(company) })
    },
  }
}

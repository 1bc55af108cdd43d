import type { EngineName } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { routeOf, type TableHomes } from '../../core/routing/route.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { Explainer, Explanation } from './explainer.ts'
import type { Origin, QueryRequest } from './query.ts'

export type ExplainRequest = Pick<QueryRequest, 'text' | 'values' | 'database' | 'category' | 'timeoutMs'>

export interface ExplainResponse extends Explanation {
  readonly origin: Origin
}

interface ExplainNeeds {
  readonly explainers: Readonly<Partial<Record<EngineName, Explainer>>>
  readonly homes: TableHomes
  readonly hierarchy: Hierarchy
}

/** The plan of a statement, judged as the statement itself and not run, with advice. */
export function explainOperation({
  explainers,
  homes,
  hierarchy,
}: ExplainNeeds): Operation<ExplainRequest, ExplainResponse> {
  return {
    name: 'explain',
    verb: 'read',
    engines: (request) => [routeOf(request, homes).engine],
    tell: ({ origin: { category, source } }) => ({ category, source }),
    async run(context, request) {
      const { engine, category } = routeOf(request, homes)
      const explainer = explainers[engine]
      if (explainer === undefined) throw DbsvcError.of('DBS-2342', { engine, operation: 'explain' })
      // A plan of a writing statement changes nothing either.
      await explainer.judge(request.text, 'write', context.company)
      const { value, source, ageMs } = await hierarchy.ask({
        engine,
        context,
        repeatable: true,
        run: (way) =>
          explainer.explain(context, request, {
            verb: 'read',
            way,
            ...(request.timeoutMs === null ? {} : { timeoutMs: request.timeoutMs }),
          }),
      })
      return { ...value, origin: { database: engine, category, source, ageMs } }
    },
  }
}

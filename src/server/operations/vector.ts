import { DbsvcError } from '../../core/errors/error.ts'
import type { Verb } from '../auth/identity.ts'
import type { RequestContext } from '../context/request-context.ts'
import type { Hierarchy } from '../fallback/hierarchy.ts'
import type { Operation } from '../operation.ts'
import type { NewObject, SimilaritySearch, VectorGateway } from '../stores/vector-gateway.ts'
import { timed } from '../timed.ts'

interface OfClass {
  readonly className: string
  /** Null for the company of the context, which is the only one that it may be. */
  readonly tenantFilter: string | null
}

export interface SearchRequest extends OfClass, SimilaritySearch {}

export interface InsertRequest extends OfClass {
  readonly objects: readonly NewObject[]
}

export interface UpdateRequest extends OfClass {
  readonly object: NewObject & { readonly id: string }
}

export interface DeleteRequest extends OfClass {
  readonly ids: readonly string[]
}

/** Objects of a company's tenant in Weaviate. @param vectors null where none is configured */
export function vectorOperations(vectors: VectorGateway | null, hierarchy: Hierarchy) {
  /** Each throws DBS-2102 for another company's tenant, DBS-2401 without Weaviate, DBS-2340 when it cannot be reached. */
  const operation = <Request extends OfClass, Result>(
    name: string,
    verb: Verb,
    ask: (vectors: VectorGateway, company: string, request: Request) => Promise<Result>,
  ): Operation<Request, Result> => ({
    name,
    verb,
    engines: () => ['weaviate'],
    tell: () => ({ category: 'C' }),
    async run(context, request) {
      if (vectors === null) throw DbsvcError.of('DBS-2401', { engine: 'weaviate' })
      requireOwn(context, request)
      const run = () => ask(vectors, context.company.company, request)
      const attempts = { engine: 'weaviate', context, repeatable: verb === 'read', run } as const
      return (await timed(context, () => hierarchy.ask(attempts))).value
    },
  })

  return {
    search: operation('similarity_search', 'read', (store, company, request: SearchRequest) =>
      store.search(company, request),
    ),
    insert: operation('vector_insert', 'write', (store, company, { className, objects }: InsertRequest) =>
      store.insert(company, className, objects),
    ),
    update: operation('vector_update', 'write', (store, company, { className, object }: UpdateRequest) =>
      store.update(company, className, object),
    ),
    delete: operation('vector_delete', 'write', (store, company, { className, ids }: DeleteRequest) =>
      store.delete(company, className, ids),
    ),
  }
}

function requireOwn({ company, service }: RequestContext, { tenantFilter }: OfClass): void {
  if (tenantFilter === null || tenantFilter === company.company) return
  throw DbsvcError.of('DBS-2102', { service: service.name, reason: 'the tenant of another company' })
}

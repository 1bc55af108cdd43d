import type { z } from 'zod'
import { configListing, configSetting } from '../coordination/config-routes.ts'
import { registration } from '../coordination/registration.ts'
import { registryLookups } from '../coordination/registry-routes.ts'
import { cacheMessages } from '../http/cache-routes.ts'
import { graphQueryMessage, traversalMessage } from '../http/graph-body.ts'
import { ingestTerms } from '../http/ingest-routes.ts'
import { multiMessage } from '../http/multi-body.ts'
import { batchMessage, queryMessage } from '../http/query-body.ts'
import { wholeRows } from '../http/row-source.ts'
import { vectorMessages } from '../http/vector-body.ts'
import { answers } from './answers.ts'

/** What is told of an endpoint; its shapes are those that its messages are checked with. */
export interface Endpoint {
  readonly summary: string
  readonly message?: z.ZodType
  readonly query?: z.ZodObject
  /** What it answers with in JSON. */
  readonly answer?: z.ZodType
  /** Other content types than JSON that it takes. */
  readonly takes?: readonly string[]
  /** Those that it answers with; JSON where none is said. */
  readonly gives?: readonly string[]
  /** For whom it is: `public` asks nobody who he is. */
  readonly audience: 'company' | 'service' | 'public'
}

const forCompany = (summary: string, answer: z.ZodType, message?: z.ZodType): Endpoint => ({
  summary,
  audience: 'company',
  answer,
  ...(message === undefined ? {} : { message }),
})
const forService = (summary: string, answer: z.ZodType): Endpoint => ({ summary, audience: 'service', answer })
const forAll = (summary: string): Endpoint => ({ summary, audience: 'public' })

/** By method and path. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  'POST /v1/query': {
    ...forCompany('Read by SQL', answers.table, queryMessage),
    gives: ['application/json', 'application/x-ndjson'],
  },
  'POST /v1/execute': forCompany('Read or write by SQL', answers.table, queryMessage),
  'POST /v1/batch': forCompany(
    'Several statements in one transaction of PostgreSQL: all or nothing',
    answers.batch,
    batchMessage,
  ),
  'POST /v1/explain': forCompany('The plan of a statement, and advice; it is not run', answers.plan, queryMessage),
  'POST /v1/multi': forCompany('One operation over several databases, PostgreSQL first', answers.multi, multiMessage),
  'POST /v1/ingest/{table}': {
    ...forCompany('Many rows at once', answers.ingested, wholeRows),
    query: ingestTerms,
    takes: ['application/x-ndjson', 'text/csv'],
  },
  'POST /v1/cache/get': forCompany('A key of the cache', answers.cached, cacheMessages.get),
  'POST /v1/cache/get_many': forCompany('Several keys of the cache', answers.manyCached, cacheMessages.getMany),
  'POST /v1/cache/set': forCompany('Keep a value under a key', answers.stored, cacheMessages.set),
  'POST /v1/cache/delete': forCompany('Remove keys', answers.deleted, cacheMessages.delete),
  'POST /v1/cache/increment': forCompany('Add to the number under a key', answers.sum, cacheMessages.increment),
  'POST /v1/vector/similarity_search': forCompany(
    'Objects nearest to a vector',
    answers.objects,
    vectorMessages.search,
  ),
  'POST /v1/vector/insert': forCompany('Insert objects', answers.ids, vectorMessages.insert),
  'POST /v1/vector/update': forCompany('Change an object', answers.nothing, vectorMessages.update),
  'POST /v1/vector/delete': forCompany('Delete objects', answers.deleted, vectorMessages.delete),
  'POST /v1/graph/query': forCompany('AQL with bound variables', answers.results, graphQueryMessage),
  'POST /v1/graph/traverse': forCompany('What is reached from a vertex', answers.results, traversalMessage),
  'GET /v1/config': { ...forCompany("The company's configuration", answers.entries), query: configListing },
  'GET /v1/config/{config_key}': forCompany('An entry of the configuration', answers.entry),
  'PUT /v1/config/{config_key}': forCompany('Set an entry', answers.entry, configSetting),
  'DELETE /v1/config/{config_key}': forCompany('Remove an entry', answers.removed),
  'POST /v1/registry/services': {
    ...forService('Register the service that calls', answers.registered),
    message: registration,
  },
  'GET /v1/registry/services': { ...forService('All registered services', answers.services), query: registryLookups },
  'GET /v1/registry/services/{name}': {
    ...forService('A registered service', answers.services),
    query: registryLookups,
  },
  'DELETE /v1/registry/services/{name}': forService('Take the service that calls out of the registry', answers.removed),
  'POST /v1/registry/services/{name}/heartbeat': forService('A sign of life of the service that calls', answers.alive),
  'GET /livez': { ...forAll('Whether the process answers'), answer: answers.state },
  'GET /readyz': { ...forAll('Whether requests can be served'), answer: answers.state },
  'GET /health': forAll('How the service and its engines are'),
  'GET /metrics': { ...forAll('Figures for Prometheus'), gives: ['text/plain'] },
  'GET /openapi.json': forAll('This document'),
}

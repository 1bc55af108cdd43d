import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ServiceImpl } from '@connectrpc/connect'
import {
  type ExecuteMultiDbRequest_CachePart as CachePart,
  type ExecuteMultiDbRequest,
  type ExecuteMultiDbResponse_ResultSchema,
  type ExecuteMultiDbRequest_GraphPart as GraphPart,
  type MultiDatabaseService,
  type ExecuteMultiDbRequest_SqlPart as SqlPart,
  ExecuteMultiDbResponse_Status as Status,
  type ExecuteMultiDbRequest_VectorPart as VectorPart,
} from '../contract/dbsvc/v1/multi_pb.js'
import { parseExactly } from '../exact-json.ts'
import { failureOf } from '../failure.ts'
import { readMulti } from '../http/multi-body.ts'
import type { PartResult } from '../operations/multi.ts'
import { perform } from '../perform.ts'
import type { Router } from '../router.ts'
import type { Answer } from './answer.ts'
import { timeLeft } from './deadline.ts'
import { parseField } from './json-fields.ts'
import { jsonOfValue } from './json-values.ts'
import { numberOfEngine } from './names.ts'
import { tableOf } from './tables.ts'
import { naturalParam } from './values.ts'

/** One operation over several databases. */
export function multiService(router: Router, answer: Answer): ServiceImpl<typeof MultiDatabaseService> {
  return {
    executeMultiDb: (message, context) =>
      answer(context, message, async (call) => {
        const timeoutMs = timeLeft(message.timeoutMs === 0 ? null : message.timeoutMs, context) ?? 0
        const asked = readMulti(router.operations, { ...partsOf(message), timeout_ms: timeoutMs })
        const { results, ...rest } = await perform(router, router.operations.multi, call, asked)
        const info = { requestId: call.requestId, durationMs: performance.now() - call.arrivedAt }
        return { ...rest, results: results.map((result) => render(result, call.requestId)), info }
      }),
  }
}

/** As the JSON door has it. */
function partsOf({ postgresql, clickhouse, dragonflydb, weaviate, arangodb }: ExecuteMultiDbRequest) {
  return {
    postgresql: postgresql && sqlPart(postgresql),
    clickhouse: clickhouse && sqlPart(clickhouse),
    dragonflydb: dragonflydb && cachePart(dragonflydb),
    weaviate: weaviate && vectorPart(weaviate),
    arangodb: arangodb && graphPart(arangodb),
  }
}

const sqlPart = ({ query, params, namedParams, companyId }: SqlPart) => {
  const named = Object.entries(namedParams).map(([name, value]) => [name, naturalParam(value)] as const)
  return {
    query,
    params: named.length > 0 ? Object.fromEntries(named) : params.map(naturalParam),
    company_id: companyId || undefined,
  }
}

const cachePart = ({ operation, key, value, ttl }: CachePart) => ({
  operation,
  key,
  ...(value === undefined ? {} : { value: parseExactly(jsonOfValue(value)) }),
  ...(operation === 'delete' ? {} : { ttl }),
})

const vectorPart = ({ operation, class: className, id, propertiesJson, vector }: VectorPart) => ({
  operation,
  class: className,
  id: id || undefined,
  properties: parseField('properties_json', propertiesJson),
  vector: vector.length === 0 ? undefined : vector,
})

const graphPart = ({ query, bindVarsJson }: GraphPart) => ({
  query,
  bind_vars: parseField('bind_vars_json', bindVarsJson),
})

const statuses: Readonly<Record<PartResult['status'], Status>> = {
  succeeded: Status.SUCCEEDED,
  failed: Status.FAILED,
  skipped: Status.SKIPPED,
}

function render(
  { database, status, outcome, error, durationMs }: PartResult,
  requestId: string,
): MessageInitShape<typeof ExecuteMultiDbResponse_ResultSchema> {
  const failure = error === null ? null : failureOf(error, requestId).error
  return {
    database: numberOfEngine(database),
    status: statuses[status],
    durationMs,
    ...(failure === null ? {} : { errorCode: failure.code, errorMessage: failure.message }),
    ...(outcome?.kind === 'table' ? { rows: tableOf(outcome.table) } : {}),
    ...(outcome?.kind === 'results' ? { resultJson: JSON.stringify(outcome.results) } : {}),
    ...(outcome?.kind === 'fields' ? { resultJson: JSON.stringify(outcome.fields) } : {}),
  }
}

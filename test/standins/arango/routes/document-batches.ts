import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { keyOf } from '../document-input.ts'
import { find, insert, type Outcome, remove, replace, update } from '../documents.ts'
import { ArangoError } from '../errors.ts'
import type { Reply } from '../http.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import { type Call, type Route, route } from '../router.ts'
import { describeOutcome, writeOptions, writtenStatus } from './document-options.ts'

const path = '/_api/document/:collection'
const list = z.array(z.custom<Json>((value) => value !== undefined))
const oneOrMany = z.custom<Json>((value) => value !== undefined, 'a document is expected')

export const documentBatches: readonly Route[] = [
  route('POST', path, 'read', (call) => {
    const input = call.body(oneOrMany, 600)
    const work = (collection: Collection, item: Json): Outcome =>
      insert(call.session, collection, item, writeOptions(call))
    return Array.isArray(input) ? writeMany(call, input, 201, work) : writeOne(call, input, work)
  }),
  route('PUT', path, 'read', (call) =>
    call.flag('onlyget', false)
      ? readMany(call)
      : writeMany(call, call.body(list), 201, (collection, item) =>
          replace(call.session, collection, keyOf(item), item, writeOptions(call)),
        ),
  ),
  route('PATCH', path, 'read', (call) =>
    writeMany(call, call.body(list), 201, (collection, item) =>
      update(call.session, collection, keyOf(item), item, writeOptions(call)),
    ),
  ),
  route('DELETE', path, 'read', (call) =>
    writeMany(call, call.body(list), 200, (collection, item) =>
      remove(call.session, collection, keyOf(item), isObject(item) ? item : {}, writeOptions(call)),
    ),
  ),
]

function writeOne(call: Call, input: Json, work: (collection: Collection, item: Json) => Outcome): Reply {
  const collection = call.session.write(call.param('collection'))
  const outcome = call.session.atomically(() => work(collection, input))
  const body = call.flag('silent', false) ? {} : describeOutcome(call, outcome)
  return { status: writtenStatus(call, collection.properties.waitForSync, 201), body }
}

/** Each document succeeds or fails by itself; the header counts the failures by errorNum. */
function writeMany(
  call: Call,
  input: readonly Json[],
  done: number,
  work: (collection: Collection, item: Json) => Outcome,
): Reply {
  const collection = call.session.write(call.param('collection'))
  const results = input.map((item) =>
    attempt(() =>
      describeOutcome(
        call,
        call.session.atomically(() => work(collection, item)),
      ),
    ),
  )
  const silent = call.flag('silent', false)
  return {
    status: writtenStatus(call, collection.properties.waitForSync, done),
    body: silent ? results.filter(({ error }) => error === true) : results,
    headers: errorCodes(results),
  }
}

function readMany({ session, param, body }: Call): Reply {
  const collection = session.read(param('collection'))
  const results = body(list).map((item) => attempt(() => find(collection, keyOf(item))))
  return { status: 200, body: results, headers: errorCodes(results) }
}

function attempt(work: () => JsonObject): JsonObject {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ArangoError)) throw error
    return { error: true, errorNum: error.errorNum, errorMessage: error.message, ...error.body }
  }
}

function errorCodes(results: readonly JsonObject[]): Record<string, string> {
  const counts = new Map<number, number>()
  for (const { error, errorNum } of results)
    if (error === true && typeof errorNum === 'number') counts.set(errorNum, (counts.get(errorNum) ?? 0) + 1)
  if (counts.size === 0) return {}
  return { 'x-arango-error-codes': [...counts].map(([errorNum, count]) => `${errorNum}:${count}`).join(',') }
}

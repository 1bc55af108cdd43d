import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { find, type Outcome, remove, replace, update } from '../documents.ts'
import { fail } from '../errors.ts'
import type { Reply } from '../http.ts'
import type { Json } from '../json.ts'
import { type Call, type Route, route } from '../router.ts'
import { describeOutcome, etagIn, writeOptions, writtenStatus } from './document-options.ts'

const path = '/_api/document/:collection/:key'
const anything = z.custom<Json>((value) => value !== undefined, 'a document is expected')

export const singleDocuments: readonly Route[] = [
  route('GET', path, 'read', read),
  route('HEAD', path, 'read', read),
  route('PUT', path, 'read', (call) =>
    write(call, 201, (collection, key) =>
      replace(call.session, collection, key, call.body(anything, 600), writeOptions(call)),
    ),
  ),
  route('PATCH', path, 'read', (call) =>
    write(call, 201, (collection, key) =>
      update(call.session, collection, key, call.body(anything, 600), writeOptions(call)),
    ),
  ),
  route('DELETE', path, 'read', (call) =>
    write(call, 200, (collection, key) => remove(call.session, collection, key, {}, writeOptions(call))),
  ),
]

function read({ session, param, incoming: { headers } }: Call): Reply {
  const document = find(session.read(param('collection')), param('key'))
  const { _id, _key, _rev } = document
  const etag = { etag: `"${_rev}"` }
  if (etagIn(headers['if-none-match']) === _rev) return { status: 304, headers: etag }
  const wanted = etagIn(headers['if-match'])
  if (wanted !== undefined && wanted !== _rev) fail(1200, 'conflict', { status: 412, body: { _id, _key, _rev } })
  return { status: 200, body: document, headers: etag }
}

function write(call: Call, done: number, work: (collection: Collection, key: string) => Outcome): Reply {
  const { session, param, flag } = call
  const collection = session.write(param('collection'))
  const outcome = session.atomically(() => work(collection, param('key')))
  const body = flag('silent', false) ? {} : describeOutcome(call, outcome)
  return { status: writtenStatus(call, collection.properties.waitForSync, done), body }
}

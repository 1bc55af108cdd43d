import type { Collection } from '../collection.ts'
import type { Outcome, WriteOptions } from '../documents.ts'
import { fail } from '../errors.ts'
import type { Reply } from '../http.ts'
import type { JsonObject } from '../json.ts'
import { type Call, ok } from '../router.ts'

const overwriteModes = ['ignore', 'replace', 'update', 'conflict'] as const

/** The options that a query string and the headers carry. Throws 10 for a mode that there is none of. */
export function writeOptions({ query, flag, incoming }: Call): WriteOptions {
  const asked = query('overwriteMode') ?? (flag('overwrite', false) ? 'replace' : undefined)
  const overwriteMode = overwriteModes.find((mode) => mode === asked)
  if (asked !== undefined && overwriteMode === undefined) fail(10, `invalid overwriteMode '${asked}'`)
  return {
    overwriteMode,
    keepNull: flag('keepNull', true),
    mergeObjects: flag('mergeObjects', true),
    ignoreRevs: flag('ignoreRevs', true),
    versionAttribute: query('versionAttribute'),
    ifMatch: etagIn(incoming.headers['if-match']),
  }
}

export function etagIn(header: string | undefined): string | undefined {
  return header?.replace(/^"(.*)"$/, '$1')
}

/** `_id`, `_key`, `_rev`, and what else was asked for. */
export function describeOutcome({ flag }: Call, { before, after }: Outcome): JsonObject {
  const document = after ?? before
  if (document === null) return {}
  const { _id, _key, _rev } = document
  return {
    _id,
    _key,
    _rev,
    ...(before !== null && after !== null && before !== after ? { _oldRev: before._rev } : {}),
    ...(flag('returnNew', false) && after !== null ? { new: after } : {}),
    ...(flag('returnOld', false) && before !== null ? { old: before } : {}),
  }
}

/** The status of a write: 202, unless it is known to be on disk. */
export function writtenStatus({ flag }: Call, waitForSync: boolean, done: number): number {
  return waitForSync || flag('waitForSync', false) ? done : 202
}

/** The answer to a write in a named graph, which has the document's attributes under `name`. */
export function answerWrite(
  call: Call,
  name: 'vertex' | 'edge' | 'removed',
  collectionName: string,
  work: (collection: Collection) => Outcome,
): Reply {
  const collection = call.session.write(collectionName)
  const outcome = call.session.atomically(() => work(collection))
  const { new: after, old: before, ...meta } = describeOutcome(call, outcome)
  const body = {
    [name]: name === 'removed' ? true : meta,
    ...(after === undefined ? {} : { new: after }),
    ...(before === undefined ? {} : { old: before }),
  }
  const done = name === 'removed' ? 200 : 201
  return ok(body, writtenStatus(call, collection.properties.waitForSync, done))
}

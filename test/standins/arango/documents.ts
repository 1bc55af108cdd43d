import type { Collection } from './collection.ts'
import { compose, merge, nextRevision, parseKey, parseObject } from './document-input.ts'
import { fail } from './errors.ts'
import type { Document, Json, JsonObject } from './json.ts'
import { checkSchema } from './schema.ts'
import type { Session } from './session.ts'

export interface WriteOptions {
  readonly overwriteMode?: 'ignore' | 'replace' | 'update' | 'conflict' | undefined
  readonly keepNull?: boolean | undefined
  readonly mergeObjects?: boolean | undefined
  /** False: a `_rev` in the new document must be that of the stored one. */
  readonly ignoreRevs?: boolean | undefined
  /** The attribute that says which of two versions of a document is the newer; an older one is not written. */
  readonly versionAttribute?: string | undefined
  /** The revision that the stored document must have. */
  readonly ifMatch?: string | undefined
}

/** What a write found and what it left; the same document twice when there was nothing to do. */
export interface Outcome {
  readonly before: Document | null
  readonly after: Document | null
}

/** Throws 1202 where there is none. */
export function find(collection: Collection, key: string): Document {
  return collection.get(key) ?? fail(1202, 'document not found')
}

export function insert(session: Session, collection: Collection, input: Json, options: WriteOptions = {}): Outcome {
  const attributes = parseObject(input)
  const key = attributes._key === undefined ? freshKey() : parseKey(attributes._key)
  const before = collection.get(key)
  if (before === undefined) return store(session, collection, null, compose(collection, key, attributes))
  const { overwriteMode = 'conflict' } = options
  if (overwriteMode === 'ignore') return { before, after: before }
  if (overwriteMode === 'replace') return replace(session, collection, key, attributes, options)
  if (overwriteMode === 'update') return update(session, collection, key, attributes, options)
  fail(1210, `unique constraint violated - in index primary of type primary over '_key'; conflicting key: ${key}`)
}

export function replace(
  session: Session,
  collection: Collection,
  key: string,
  input: Json,
  options: WriteOptions = {},
): Outcome {
  return overwrite(session, collection, key, input, options, (_, attributes) => attributes)
}

export function update(
  session: Session,
  collection: Collection,
  key: string,
  input: Json,
  options: WriteOptions = {},
): Outcome {
  const { keepNull = true, mergeObjects = true } = options
  return overwrite(session, collection, key, input, options, (before, attributes) =>
    merge(before, attributes, { keepNull, mergeObjects }),
  )
}

/** Stores what `change` makes of a document, unless its revision or version says otherwise. */
function overwrite(
  session: Session,
  collection: Collection,
  key: string,
  input: Json,
  options: WriteOptions,
  change: (before: Document, attributes: JsonObject) => JsonObject,
): Outcome {
  const attributes = parseObject(input)
  const before = find(collection, key)
  checkRevision(before, attributes, options)
  if (isOlder(before, attributes, options)) return { before, after: before }
  return store(session, collection, before, compose(collection, key, change(before, attributes)))
}

export function remove(
  session: Session,
  collection: Collection,
  key: string,
  input: JsonObject = {},
  options: WriteOptions = {},
): Outcome {
  const before = find(collection, key)
  checkRevision(before, input, options)
  session.set(collection, key, null)
  return { before, after: null }
}

function store(session: Session, collection: Collection, before: Document | null, after: Document): Outcome {
  checkSchema(collection.properties.schema, before, after)
  session.set(collection, after._key, after)
  return { before, after }
}

function checkRevision(before: Document, attributes: JsonObject, { ifMatch, ignoreRevs = true }: WriteOptions): void {
  const asked = ifMatch ?? (ignoreRevs ? undefined : attributes._rev)
  if (asked === undefined || asked === before._rev) return
  const { _id, _key, _rev } = before
  fail(1200, 'conflict, _rev values do not match', { status: 412, body: { _id, _key, _rev } })
}

function isOlder(before: Document, attributes: JsonObject, { versionAttribute }: WriteOptions): boolean {
  if (versionAttribute === undefined || versionAttribute === '') return false
  const stored = before[versionAttribute]
  const offered = attributes[versionAttribute]
  return typeof stored === 'number' && typeof offered === 'number' && offered <= stored
}

function freshKey(): string {
  return String(Number.parseInt(nextRevision().slice(1, -3), 36))
}

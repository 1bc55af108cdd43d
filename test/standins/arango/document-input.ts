import type { Collection } from './collection.ts'
import { fail } from './errors.ts'
import { type Document, isObject, type Json, type JsonObject } from './json.ts'

const keyPattern = /^[a-zA-Z0-9_\-:.@()+,=;$!*'%]{1,254}$/
const idPattern = /^[^/]{1,256}\/[^/]{1,254}$/

let lastRevision = Date.now()

export function nextRevision(): string {
  lastRevision += 1
  return `_${lastRevision.toString(36)}---`
}

/** Throws 1227 for what is no object. */
export function parseObject(input: Json): JsonObject {
  return isObject(input) ? input : fail(1227, 'invalid document type')
}

/** Throws 1221 for what cannot be a key. */
export function parseKey(input: Json | undefined): string {
  if (typeof input !== 'string' || !keyPattern.test(input)) fail(1221, 'illegal document key')
  return input
}

/** The parts of a document's `_id`. Throws 1205 for what is none. */
export function parseId(id: Json | undefined): { collection: string; key: string } {
  if (typeof id !== 'string' || !idPattern.test(id)) fail(1205, 'illegal document identifier')
  const [collection = '', key = ''] = id.split('/')
  return { collection, key }
}

/** The key in `_key` or, for AQL, a string that is one. Throws 1221 where there is neither. */
export function keyOf(input: Json): string {
  if (!isObject(input)) return parseKey(input)
  return parseKey(input._key ?? (typeof input._id === 'string' ? input._id.split('/')[1] : undefined))
}

/** The document that is stored for these attributes: system attributes first. Throws 1233 for an edge without its ends. */
export function compose(collection: Collection, key: string, attributes: JsonObject): Document {
  const { _key, _id, _rev, _from, _to, ...rest } = attributes
  const system = { _key: key, _id: `${collection.name}/${key}`, _rev: nextRevision() }
  if (!collection.isEdge) return { ...system, ...onlyPresent({ _from, _to }), ...rest }
  if (!isId(_from) || !isId(_to)) fail(1233, 'edge attribute missing or invalid')
  return { ...system, _from, _to, ...rest }
}

/** What PATCH makes of a document. */
export function merge(
  before: JsonObject,
  change: JsonObject,
  options: { readonly keepNull: boolean; readonly mergeObjects: boolean },
): JsonObject {
  const merged: JsonObject = { ...before }
  for (const [name, value] of Object.entries(change)) {
    const old = before[name]
    if (value === null && !options.keepNull) delete merged[name]
    else if (options.mergeObjects && isObject(value) && isObject(old)) merged[name] = merge(old, value, options)
    else merged[name] = isObject(value) && !options.keepNull ? merge({}, value, options) : value
  }
  return merged
}

function isId(value: Json | undefined): value is string {
  return typeof value === 'string' && idPattern.test(value)
}

function onlyPresent(attributes: Record<string, Json | undefined>): JsonObject {
  const present = Object.entries(attributes).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return Object.fromEntries(present)
}

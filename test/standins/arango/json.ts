export type Json = null | boolean | number | string | Json[] | JsonObject

export interface JsonObject {
  [name: string]: Json
}

/** A stored document. Edges have `_from` and `_to` too. */
export interface Document extends JsonObject {
  _key: string
  _id: string
  _rev: string
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { Cell } from '../../core/routing/cells.ts'
import { type CellList, writeList } from '../../core/values/list-text.ts'
import type { WireValue } from '../../engines/postgres/context/wire.ts'
import { isRawNumber } from '../exact-json.ts'

/**
 * A parameter as it came in JSON, as PostgreSQL is sent it: text, numbers in their own digits, arrays as array literals, objects as
 * JSON. `{"$bytes": "base64"}` is bytea, and `{"$json": …}` JSON that is no object.
 * @throws RangeError what is no such parameter
 */
export function parameterOf(value: unknown): WireValue {
  if (Array.isArray(value)) return writeList(value.map(itemOf))
  const bytes = taggedBytes(value)
  return bytes ?? scalarOf(value)
}

function itemOf(value: unknown): Cell | CellList {
  if (Array.isArray(value)) return value.map(itemOf)
  const bytes = taggedBytes(value)
  return bytes === undefined ? scalarOf(value) : `\\x${bytes.toString('hex')}`
}

function scalarOf(value: unknown): string | null {
  if (value === null) return value
  // Half a surrogate pair would be replaced on its way.
  if (typeof value === 'string' && !value.isWellFormed()) throw new RangeError('it is not well-formed Unicode')
  if (typeof value === 'string') return value
  if (isRawNumber(value)) return value.rawJSON
  if (typeof value !== 'object') return String(value)
  const json = tagged(value, '$json')
  return JSON.stringify(json === undefined ? value : json)
}

function taggedBytes(value: unknown): Buffer | undefined {
  const text = tagged(value, '$bytes')
  if (text === undefined) return undefined
  if (typeof text !== 'string' || !/^[\w+/-]*={0,2}$/.test(text)) throw new RangeError('$bytes is no base64')
  return Buffer.from(text, 'base64')
}

/** What stands under the one key of an object. */
function tagged(value: unknown, tag: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, tag)) return undefined
  return Object.keys(value).length === 1 ? (value as Record<string, unknown>)[tag] : undefined
}

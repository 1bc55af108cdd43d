import { DbsvcError } from '../../core/errors/error.ts'
import type { Value } from '../contract/dbsvc/v1/value_pb.js'
import { parseExactly } from '../exact-json.ts'
import type { ValueInit } from './values.ts'

/**
 * A value as the JSON text that a cache keeps, which the JSON door reads as well. What JSON has no type of becomes a string: times,
 * intervals, and bytes, in Base64. @throws DBS-2001 what JSON cannot say
 */
export function jsonOfValue({ kind }: Value): string {
  switch (kind.case) {
    case undefined:
      return 'null'
    case 'boolValue':
    case 'intValue':
      return String(kind.value)
    case 'doubleValue':
    case 'numericValue':
    case 'bigIntValue':
      return number(String(kind.value))
    case 'bytesValue':
      return JSON.stringify(Buffer.from(kind.value).toString('base64'))
    case 'jsonValue':
      return json(kind.value)
    case 'listValue':
      return `[${kind.value.values.map(jsonOfValue).join(',')}]`
    default:
      return JSON.stringify(kind.value)
  }
}

/** What a cache keeps, as a value; text that is no JSON was put there by another client. */
export function valueOfJson(text: string): ValueInit {
  const value = parsed(text)
  if (value === undefined) return { kind: { case: 'textValue', value: text } }
  if (value === null) return {}
  if (typeof value === 'boolean') return { kind: { case: 'boolValue', value } }
  if (typeof value === 'string') return { kind: { case: 'textValue', value } }
  return typeof value === 'number' ? numberOf(text.trim()) : { kind: { case: 'jsonValue', value: text } }
}

/** As the kind that keeps every digit of it. */
function numberOf(digits: string): ValueInit {
  if (/^-?\d+$/.test(digits) && digits !== '-0') {
    const value = BigInt(digits)
    if (BigInt.asIntN(64, value) === value) return { kind: { case: 'intValue', value } }
    return { kind: { case: 'bigIntValue', value: digits } }
  }
  const value = Number(digits)
  if (String(value) === digits) return { kind: { case: 'doubleValue', value } }
  return { kind: { case: 'numericValue', value: digits } }
}

function number(text: string): string {
  if (typeof parsed(text) === 'number') return text
  throw DbsvcError.of('DBS-2001', { reason: `JSON has no number ${text.slice(0, 100)}` })
}

function json(text: string): string {
  try {
    return JSON.stringify(parseExactly(text))
  } catch (error) {
    throw DbsvcError.of('DBS-2001', { reason: 'a json_value is no JSON' }, error)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

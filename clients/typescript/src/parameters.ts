/** A value for json or jsonb that is no plain object: an array alone would be an array of SQL. */
export interface Json {
  readonly $json: unknown
}

export const json = (value: unknown): Json => ({ $json: value })

/** An object goes as JSON, and a Date as timestamptz with milliseconds; a time with microseconds goes as text. */
export type Parameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Json
  | readonly Parameter[]
  | { readonly [name: string]: unknown }

/** Of `$1`, `$2` …, or by name where an operation takes names. */
export type Parameters = readonly Parameter[] | Readonly<Record<string, Parameter>>

/** As the service takes it, so that PostgreSQL reads the very same value. @throws TypeError an invalid Date */
export function encode(value: Parameter): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new TypeError('a parameter is an invalid Date')
    return value.toISOString()
  }
  if (Array.isArray(value)) return value.map(encode)
  return isMarked(value) ? value : { $json: value }
}

export const encodeAll = (values: Parameters): unknown =>
  Array.isArray(values)
    ? values.map(encode)
    : Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encode(value)]))

const isMarked = (value: object): value is Json => '$json' in value && Object.keys(value).length === 1

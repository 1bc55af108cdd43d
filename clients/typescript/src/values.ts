/** How bigint of PostgreSQL and 64 bits and more of ClickHouse come. `number` loses digits beyond 2^53. */
export type Int64As = 'bigint' | 'string' | 'number'

/** A value of a row. Numeric, times and intervals are text, which loses nothing; json is whatever it holds. */
export type Value = unknown

type Decode = (value: unknown) => Value

const int64: Readonly<Record<Int64As, Decode>> = {
  bigint: (value) => BigInt(value as string),
  string: String,
  number: Number,
}

const bytes: Decode = (value) => new Uint8Array(Buffer.from(value as string, 'base64'))
// NaN and Infinity are no numbers of JSON and come as text.
const float: Decode = Number

const asItIs: Decode = (value) => value

/** Turns the JSON of a column's values into JavaScript's, by the engine's name of its type. NULL is null. */
export function decoderOf(type: string, int64As: Int64As): Decode {
  if (type.endsWith('[]')) return eachOf(decoderOf(type.slice(0, -2), int64As))
  const array = /^Array\((.*)\)$/s.exec(type)?.[1]
  if (array !== undefined) return eachOf(decoderOf(array, int64As))
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/s.exec(type)?.[1]
  if (inner !== undefined) return decoderOf(inner, int64As)
  const decode = known(type, int64As)
  return decode === asItIs ? decode : (value) => (value === null ? null : decode(value))
}

function known(type: string, int64As: Int64As): Decode {
  if (/^(?:int8|oid|U?Int(?:64|128|256))$/.test(type)) return int64[int64As]
  if (/^(?:float4|float8|B?Float\d+)$/.test(type)) return float
  return type === 'bytea' ? bytes : asItIs
}

/** Every dimension is an array in an array. */
const eachOf =
  (decode: Decode): Decode =>
  (value) =>
    Array.isArray(value) ? value.map(eachOf(decode)) : value === null ? null : decode(value)

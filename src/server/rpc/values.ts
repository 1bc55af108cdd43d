import type { MessageInitShape } from '@bufbuild/protobuf'
import { DbsvcError } from '../../core/errors/error.ts'
import type { Cell, ValueKind } from '../../core/routing/cells.ts'
import { isoDuration, isoTime } from '../../core/values/iso-8601.ts'
import { type CellList, parseList, writeList } from '../../core/values/list-text.ts'
import type { Value, ValueSchema } from '../contract/dbsvc/v1/value_pb.js'

export type ValueInit = MessageInitShape<typeof ValueSchema>

interface Typed {
  readonly kind: ValueKind
  readonly list: boolean
}

const timeValue = (text: string, kind: ValueKind): ValueInit => ({
  kind: { case: 'timeValue', value: isoTime(text, kind) },
})
const intValue = (text: string): ValueInit => ({ kind: { case: 'intValue', value: BigInt(text) } })

const encoders: Readonly<Record<ValueKind, (text: string, kind: ValueKind) => ValueInit>> = {
  bool: (text) => ({ kind: { case: 'boolValue', value: text === 't' } }),
  int: intValue,
  int64: intValue,
  bigint: (text) => ({ kind: { case: 'bigIntValue', value: text } }),
  float: (text) => ({ kind: { case: 'doubleValue', value: Number(text) } }),
  numeric: (text) => ({ kind: { case: 'numericValue', value: text } }),
  text: (text) => ({ kind: { case: 'textValue', value: text } }),
  // As bytea_output hex has it.
  bytes: (text) => ({ kind: { case: 'bytesValue', value: Uint8Array.from(Buffer.from(text.slice(2), 'hex')) } }),
  timestamptz: timeValue,
  timestamp: timeValue,
  date: timeValue,
  time: timeValue,
  interval: (text) => ({ kind: { case: 'intervalValue', value: isoDuration(text) } }),
  json: (text) => ({ kind: { case: 'jsonValue', value: text } }),
}

/** A value as PostgreSQL writes it in text, as dbsvc.v1.Value. */
export function encodeCell(cell: Cell, { kind, list }: Typed): ValueInit {
  if (cell === null) return {}
  return list ? encodeList(parseList(cell), kind) : encoders[kind](cell, kind)
}

const encodeList = (list: CellList, kind: ValueKind): ValueInit => ({
  kind: {
    case: 'listValue',
    value: {
      values: list.map((item) =>
        item === null || typeof item === 'string' ? encodeCell(item, { kind, list: false }) : encodeList(item, kind),
      ),
    },
  },
})

/** A value that was sent, as engines read it. @throws DBS-2001 */
export function decodeParam(value: Value): Cell {
  const cell = cellOf(value)
  return cell === null || typeof cell === 'string' ? cell : writeList(cell)
}

/** The same as the JSON door's parameters have it. @throws DBS-2001 */
export function naturalParam({ kind, ...value }: Value): unknown {
  if (kind.case === 'bytesValue') return { $bytes: Buffer.from(kind.value).toString('base64') }
  return kind.case === 'listValue' ? kind.value.values.map(naturalParam) : cellOf({ kind, ...value })
}

function cellOf({ kind }: Value): Cell | CellList {
  switch (kind.case) {
    case undefined:
      return null
    case 'boolValue':
    case 'intValue':
    case 'doubleValue':
      return String(kind.value)
    case 'bytesValue':
      return `\\x${Buffer.from(kind.value).toString('hex')}`
    case 'listValue':
      return kind.value.values.map(cellOf)
    default:
      return withoutNul(kind.value)
  }
}

function withoutNul(text: string): string {
  if (!text.includes('\0')) return text
  throw DbsvcError.of('DBS-2001', { reason: 'a parameter of text holds NUL, which no engine keeps' })
}

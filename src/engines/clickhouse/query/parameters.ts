import type { Cell } from '../../../core/routing/cells.ts'
import { type CellList, parseList } from '../../../core/values/list-text.ts'
import type { ParameterList, Parameters } from '../connection/session.ts'

const placeholders = /\{\s*(p\d+)\s*:\s*([^{}]*)\}/g
const wrapped = /^(?:Nullable|LowCardinality|Array)\s*\((.*)\)$/s

/**
 * Values of a statement's `{p1:Type}`, `{p2:Type}` and so on, which come in the text that PostgreSQL writes, in that of ClickHouse:
 * arrays in square brackets, moments of time in seconds, because ClickHouse takes no offset.
 */
export function parametersOf(sql: string, values: readonly Cell[]): Parameters {
  const types = new Map([...sql.matchAll(placeholders)].map(([, name = '', type = '']) => [name, type.trim()]))
  return Object.fromEntries(
    values.map((value, at) => {
      const name = `p${at + 1}`
      const type = types.get(name) ?? ''
      if (value === null) return [name, null]
      if (/^Array\b/.test(type) && value.startsWith('{')) return [name, arrayOf(parseList(value), innermost(type))]
      return [name, scalarOf(value, innermost(type))]
    }),
  )
}

function innermost(type: string): string {
  const inner = wrapped.exec(type)?.[1]
  return inner === undefined ? type : innermost(inner.trim())
}

/** The client writes the brackets; ClickHouse takes no number in quotes there. */
const arrayOf = (list: CellList, type: string): ParameterList =>
  list.map((item) => (item === null ? null : typeof item === 'string' ? elementOf(item, type) : arrayOf(item, type)))

function elementOf(text: string, type: string): string | number | bigint {
  if (/^U?Int/.test(type) && /^-?\d+$/.test(text)) return BigInt(text)
  return /^B?Float/.test(type) ? Number(text) : scalarOf(text, type)
}

const moment = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d(?::?\d\d)?)$/

function scalarOf(value: string, type: string): string {
  const [, seconds, fraction = '', offset = ''] = (/^DateTime/.test(type) && moment.exec(value)) || []
  if (seconds === undefined) return value
  const since1970 =
    Date.parse(`${seconds.replace(' ', 'T')}${/^[+-]\d\d$/.test(offset) ? `${offset}:00` : offset}`) / 1_000
  // With fewer digits it would be taken for a year; ClickHouse says then that it does not take the text.
  return since1970 >= 100_000 ? `${since1970}${fraction}` : value
}

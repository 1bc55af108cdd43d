import type { Json } from '../../json.ts'
import type { Execution } from '../execution.ts'
import { toNumber, toText } from '../values.ts'
import { type AqlFunction, aqlFunction, type Family } from './function.ts'

const milliseconds: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  i: 60_000,
  s: 1000,
  f: 1,
}

const units: Readonly<Record<string, string>> = {
  years: 'y',
  months: 'm',
  weeks: 'w',
  days: 'd',
  hours: 'h',
  minutes: 'i',
  seconds: 's',
  milliseconds: 'f',
}

export const dates: Family = {
  DATE_NOW: aqlFunction(0, 0, (_, { nowMs }) => nowMs),
  DATE_ISO8601: ofDate((date) => date.toISOString()),
  DATE_TIMESTAMP: ofDate((date) => date.getTime()),
  DATE_YEAR: ofDate((date) => date.getUTCFullYear()),
  DATE_MONTH: ofDate((date) => date.getUTCMonth() + 1),
  DATE_DAY: ofDate((date) => date.getUTCDate()),
  DATE_HOUR: ofDate((date) => date.getUTCHours()),
  DATE_MINUTE: ofDate((date) => date.getUTCMinutes()),
  DATE_SECOND: ofDate((date) => date.getUTCSeconds()),
  DATE_MILLISECOND: ofDate((date) => date.getUTCMilliseconds()),
  DATE_DAYOFWEEK: ofDate((date) => date.getUTCDay()),
  DATE_ADD: aqlFunction(2, 3, ([date = null, amount = null, unit = null], execution) =>
    shift(date, amount, unit, 1, execution),
  ),
  DATE_SUBTRACT: aqlFunction(2, 3, ([date = null, amount = null, unit = null], execution) =>
    shift(date, amount, unit, -1, execution),
  ),
  DATE_DIFF: aqlFunction(3, 4, ([from = null, to = null, unit = null, asFloat = null], execution) => {
    const [start, end] = [parse(from), parse(to)]
    const size = milliseconds[unitOf(unit)]
    if (start === null || end === null || size === undefined) return invalid(execution)
    const difference = (end.getTime() - start.getTime()) / size
    return asFloat === true ? difference : Math.trunc(difference)
  }),
  DATE_TRUNC: aqlFunction(2, 2, ([date = null, unit = null], execution) => {
    const parsed = parse(date)
    const kept = { y: 4, m: 7, d: 10, h: 13, i: 16, s: 19, f: 23 }[unitOf(unit)]
    if (parsed === null || kept === undefined) return invalid(execution)
    return `${parsed.toISOString().slice(0, kept)}${'0000-01-01T00:00:00.000Z'.slice(kept)}`
  }),
}

function ofDate(call: (date: Date) => Json): AqlFunction {
  return aqlFunction(1, 1, ([value = null], execution) => {
    const date = parse(value)
    return date === null ? invalid(execution) : call(date)
  })
}

function shift(date: Json, amount: Json, unit: Json, sign: 1 | -1, execution: Execution): Json {
  const shifted = parse(date)
  const by = sign * toNumber(amount)
  const letter = unitOf(unit)
  const size = milliseconds[letter]
  if (shifted === null) return invalid(execution)
  if (letter === 'y') shifted.setUTCFullYear(shifted.getUTCFullYear() + by)
  else if (letter === 'm') shifted.setUTCMonth(shifted.getUTCMonth() + by)
  else if (size !== undefined) shifted.setTime(shifted.getTime() + by * size)
  else return invalid(execution)
  return shifted.toISOString()
}

/** Milliseconds, or ISO 8601; without a zone it is UTC. */
function parse(value: Json): Date | null {
  const zoneless = typeof value === 'string' && /T[\d:.]+$/.test(value)
  const date =
    typeof value === 'number'
      ? new Date(value)
      : typeof value === 'string'
        ? new Date(zoneless ? `${value}Z` : value)
        : null
  return date === null || Number.isNaN(date.getTime()) ? null : date
}

function unitOf(unit: Json): string {
  const name = toText(unit).toLowerCase()
  return units[name] ?? units[`${name}s`] ?? name
}

function invalid(execution: Execution): null {
  return execution.warn(1572, 'invalid date value')
}

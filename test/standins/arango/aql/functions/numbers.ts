import type { Json } from '../../json.ts'
import { compareValues, finite, toNumber } from '../values.ts'
import { aqlFunction, type Family, ofArray } from './function.ts'

export const numbers: Family = {
  ABS: ofNumber(Math.abs),
  CEIL: ofNumber(Math.ceil),
  FLOOR: ofNumber(Math.floor),
  ROUND: ofNumber((number) => Math.floor(number + 0.5)),
  SQRT: ofNumber(Math.sqrt),
  EXP: ofNumber(Math.exp),
  LOG: ofNumber(Math.log),
  LOG2: ofNumber(Math.log2),
  LOG10: ofNumber(Math.log10),
  POW: aqlFunction(2, 2, ([base = null, exponent = null]) => finite(toNumber(base) ** toNumber(exponent))),
  RAND: aqlFunction(0, 0, () => Math.random()),
  RANGE: aqlFunction(2, 3, ([from = null, to = null, by = null]) => rangeOf(toNumber(from), toNumber(to), by)),
  MIN: ofArray('MIN', (items) => extreme(items, -1)),
  MAX: ofArray('MAX', (items) => extreme(items, 1)),
  SUM: ofArray('SUM', (items) => sum(present(items))),
  PRODUCT: ofArray('PRODUCT', (items) => finite(present(items).reduce<number>((all, item) => all * toNumber(item), 1))),
  AVERAGE: ofArray('AVERAGE', average),
  AVG: ofArray('AVG', average),
  MEDIAN: ofArray('MEDIAN', median),
  VARIANCE_POPULATION: ofArray('VARIANCE_POPULATION', variance),
  STDDEV_POPULATION: ofArray('STDDEV_POPULATION', (items) => finite(Math.sqrt(variance(items) ?? Number.NaN))),
}

function ofNumber(call: (number: number) => number): Family[string] {
  return aqlFunction(1, 1, ([value = null]) => finite(call(toNumber(value))))
}

function rangeOf(from: number, to: number, by: Json): number[] {
  const step = by === null ? (from <= to ? 1 : -1) : toNumber(by)
  if (step === 0 || (to - from) * step < 0) return []
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)
}

function present(items: readonly Json[]): Json[] {
  return items.filter((item) => item !== null)
}

function extreme(items: readonly Json[], sign: 1 | -1): Json {
  return present(items).reduce<Json>(
    (best, item) => (best === null || sign * compareValues(item, best) > 0 ? item : best),
    null,
  )
}

function sum(items: readonly Json[]): number {
  return items.reduce<number>((total, item) => total + toNumber(item), 0)
}

function average(items: readonly Json[]): Json {
  const counted = present(items)
  return counted.length === 0 ? null : finite(sum(counted) / counted.length)
}

function median(items: readonly Json[]): Json {
  const sorted = present(items)
    .map(toNumber)
    .sort((one, other) => one - other)
  if (sorted.length === 0) return null
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}

function variance(items: readonly Json[]): number | null {
  const counted = present(items).map(toNumber)
  if (counted.length === 0) return null
  const mean = sum(counted) / counted.length
  return finite(sum(counted.map((number) => (number - mean) ** 2)) / counted.length)
}

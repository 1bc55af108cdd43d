import { isObject, type Json } from '../../json.ts'
import { compareValues, isEqual, toNumber } from '../values.ts'
import { aqlFunction, type Family, ofArray, wrongType } from './function.ts'

const lengthOf = aqlFunction(1, 1, ([value = null]) => {
  if (Array.isArray(value)) return value.length
  if (isObject(value)) return Object.keys(value).length
  if (value === null || value === false) return 0
  return value === true ? 1 : [...String(value)].length
})

const position = aqlFunction(2, 3, ([list = null, value = null, asIndex = null], execution) => {
  if (!Array.isArray(list)) return wrongType(execution, 'POSITION')
  const index = list.findIndex((item) => isEqual(item, value))
  return asIndex === true ? index : index >= 0
})

export const arrays: Family = {
  LENGTH: lengthOf,
  COUNT: lengthOf,
  FIRST: ofArray('FIRST', (items) => items[0] ?? null),
  LAST: ofArray('LAST', (items) => items.at(-1) ?? null),
  NTH: aqlFunction(2, 2, ([list = null, index = null], execution) =>
    Array.isArray(list) ? (list[toNumber(index)] ?? null) : wrongType(execution, 'NTH'),
  ),
  APPEND: aqlFunction(2, 3, ([list = null, more = null, unique = null]) => {
    if (list === null) return more
    if (!Array.isArray(list)) return null
    const added = Array.isArray(more) ? more : [more]
    return [...list, ...(unique === true ? added.filter((item) => !has(list, item)) : added)]
  }),
  PUSH: aqlFunction(2, 3, ([list = null, value = null, unique = null]) => {
    if (list === null) return [value]
    if (!Array.isArray(list)) return null
    return unique === true && has(list, value) ? list : [...list, value]
  }),
  UNSHIFT: aqlFunction(2, 3, ([list = null, value = null, unique = null]) => {
    if (list === null) return [value]
    if (!Array.isArray(list)) return null
    return unique === true && has(list, value) ? list : [value, ...list]
  }),
  POP: ofArray('POP', (items) => items.slice(0, -1)),
  SHIFT: ofArray('SHIFT', (items) => items.slice(1)),
  SLICE: aqlFunction(2, 3, ([list = null, start = null, count = null], execution) => {
    if (!Array.isArray(list)) return wrongType(execution, 'SLICE')
    const rest = list.slice(toNumber(start))
    return count === null ? rest : rest.slice(0, toNumber(count))
  }),
  REVERSE: aqlFunction(1, 1, ([value = null]) => {
    if (typeof value === 'string') return [...value].reverse().join('')
    return Array.isArray(value) ? value.toReversed() : null
  }),
  FLATTEN: aqlFunction(1, 2, ([list = null, depth = null], execution) =>
    Array.isArray(list)
      ? ((list as unknown[]).flat(depth === null ? 1 : toNumber(depth)) as Json[])
      : wrongType(execution, 'FLATTEN'),
  ),
  SORTED: ofArray('SORTED', (items) => items.toSorted(compareValues)),
  POSITION: position,
  CONTAINS_ARRAY: position,
  REMOVE_VALUE: aqlFunction(2, 3, ([list = null, value = null, limit = null], execution) => {
    if (!Array.isArray(list)) return wrongType(execution, 'REMOVE_VALUE')
    let left = limit === null ? Number.POSITIVE_INFINITY : toNumber(limit)
    return list.filter((item) => {
      const removed = left > 0 && isEqual(item, value)
      if (removed) left -= 1
      return !removed
    })
  }),
  REMOVE_NTH: aqlFunction(2, 2, ([list = null, index = null], execution) =>
    Array.isArray(list) ? list.toSpliced(toNumber(index), 1) : wrongType(execution, 'REMOVE_NTH'),
  ),
}

function has(list: readonly Json[], value: Json): boolean {
  return list.some((item) => isEqual(item, value))
}

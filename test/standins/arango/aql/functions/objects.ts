import { merge } from '../../document-input.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { isEqual, toText } from '../values.ts'
import { aqlFunction, type Family, many, wrongType } from './function.ts'

const names = aqlFunction(1, 3, ([object = null, withoutSystem = null, sorted = null], execution) => {
  if (!isObject(object)) return wrongType(execution, 'ATTRIBUTES')
  const found = Object.keys(object).filter((name) => withoutSystem !== true || !name.startsWith('_'))
  return sorted === true ? found.sort() : found
})

export const objects: Family = {
  MERGE: merging('MERGE', (one, other) => ({ ...one, ...other })),
  MERGE_RECURSIVE: merging('MERGE_RECURSIVE', (one, other) =>
    merge(one, other, { keepNull: true, mergeObjects: true }),
  ),
  HAS: aqlFunction(2, 2, ([object = null, name = null]) => isObject(object) && Object.hasOwn(object, toText(name))),
  ATTRIBUTES: names,
  KEYS: names,
  VALUES: aqlFunction(1, 2, ([object = null, withoutSystem = null], execution) =>
    isObject(object)
      ? Object.entries(object).flatMap(([name, value]) =>
          withoutSystem === true && name.startsWith('_') ? [] : [value],
        )
      : wrongType(execution, 'VALUES'),
  ),
  ENTRIES: aqlFunction(1, 1, ([object = null], execution) =>
    isObject(object) ? Object.entries(object) : wrongType(execution, 'ENTRIES'),
  ),
  KEEP: aqlFunction(2, many, ([object = null, ...wanted], execution) =>
    isObject(object) ? select(object, (name) => wanted.flat().includes(name)) : wrongType(execution, 'KEEP'),
  ),
  UNSET: aqlFunction(2, many, ([object = null, ...unwanted], execution) =>
    isObject(object) ? select(object, (name) => !unwanted.flat().includes(name)) : wrongType(execution, 'UNSET'),
  ),
  ZIP: aqlFunction(2, 2, ([keys = null, values = null], execution) =>
    Array.isArray(keys) && Array.isArray(values) && keys.length === values.length
      ? Object.fromEntries(keys.map((name, index) => [toText(name), values[index] ?? null]))
      : wrongType(execution, 'ZIP'),
  ),
  MATCHES: aqlFunction(2, 3, ([object = null, examples = null, asIndex = null]) => {
    const index = (Array.isArray(examples) ? examples : [examples]).findIndex((example) => matches(object, example))
    return asIndex === true ? index : index >= 0
  }),
}

function merging(name: string, join: (one: JsonObject, other: JsonObject) => JsonObject): Family[string] {
  return aqlFunction(1, many, (args, execution) => {
    const [first = null] = args
    const parts = args.length === 1 && Array.isArray(first) ? first : args
    const given = parts.filter(isObject)
    return given.length === parts.length ? given.reduce(join, {}) : wrongType(execution, name)
  })
}

function select(object: JsonObject, wanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => wanted(name)))
}

function matches(object: Json, example: Json): boolean {
  return (
    isObject(object) &&
    isObject(example) &&
    Object.entries(example).every(([name, value]) => isEqual(object[name] ?? null, value))
  )
}

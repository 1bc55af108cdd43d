import { isObject, type Json } from '../../json.ts'
import { toArray, toBool, toNumber, toText, typeOf } from '../values.ts'
import { aqlFunction, type Family, many } from './function.ts'

export const conversions: Family = {
  TO_BOOL: aqlFunction(1, 1, ([value = null]) => toBool(value)),
  TO_NUMBER: aqlFunction(1, 1, ([value = null]) => toNumber(value)),
  TO_STRING: aqlFunction(1, 1, ([value = null]) => toText(value)),
  TO_ARRAY: aqlFunction(1, 1, ([value = null]) => toArray(value)),
  TO_LIST: aqlFunction(1, 1, ([value = null]) => toArray(value)),
  TYPENAME: aqlFunction(1, 1, ([value = null]) => (typeof value === 'boolean' ? 'bool' : typeOf(value))),
  IS_NULL: check((value) => value === null),
  IS_BOOL: check((value) => typeof value === 'boolean'),
  IS_NUMBER: check((value) => typeof value === 'number'),
  IS_STRING: check((value) => typeof value === 'string'),
  IS_ARRAY: check(Array.isArray),
  IS_LIST: check(Array.isArray),
  IS_OBJECT: check(isObject),
  IS_DOCUMENT: check(isObject),
  IS_DATESTRING: check(
    (value) => typeof value === 'string' && /^\d{4}/.test(value) && !Number.isNaN(Date.parse(value)),
  ),
  IS_KEY: check((value) => typeof value === 'string' && /^[a-zA-Z0-9_\-:.@()+,=;$!*'%]{1,254}$/.test(value)),
  NOT_NULL: aqlFunction(1, many, (args) => args.find((value) => value !== null) ?? null),
  FIRST_LIST: aqlFunction(1, many, (args) => args.find(Array.isArray) ?? null),
  FIRST_DOCUMENT: aqlFunction(1, many, (args) => args.find(isObject) ?? null),
  JSON_STRINGIFY: aqlFunction(1, 1, ([value = null]) => JSON.stringify(value)),
  JSON_PARSE: aqlFunction(1, 1, ([text = null], execution) => {
    try {
      return JSON.parse(toText(text)) as Json
    } catch {
      return execution.warn(1542, "invalid argument type in call to function 'JSON_PARSE()'")
    }
  }),
  NOOPT: aqlFunction(1, 1, ([value = null]) => value),
  PASSTHRU: aqlFunction(1, 1, ([value = null]) => value),
}

function check(test: (value: Json) => boolean): Family[string] {
  return aqlFunction(1, 1, ([value = null]) => test(value))
}

import { isObject, type Json } from '../../json.ts'
import { likeToRegExp, regExpOf } from '../patterns.ts'
import { toNumber, toText } from '../values.ts'
import { aqlFunction, type Family } from './function.ts'

/** Functions that look into text. */
export const texts: Family = {
  CHAR_LENGTH: aqlFunction(1, 1, ([text = null]) => [...toText(text)].length),
  CONTAINS: aqlFunction(2, 3, ([text = null, search = null, asIndex = null]) => {
    const index = toText(text).indexOf(toText(search))
    return asIndex === true ? index : index >= 0
  }),
  FIND_FIRST: aqlFunction(2, 3, ([text = null, search = null, start = null]) =>
    toText(text).indexOf(toText(search), toNumber(start)),
  ),
  FIND_LAST: aqlFunction(2, 2, ([text = null, search = null]) => toText(text).lastIndexOf(toText(search))),
  STARTS_WITH: aqlFunction(2, 2, ([text = null, prefix = null]) =>
    (Array.isArray(prefix) ? prefix : [prefix]).some((one) => toText(text).startsWith(toText(one))),
  ),
  SPLIT: aqlFunction(1, 3, ([text = null, separator = null, limit = null]) => split(toText(text), separator, limit)),
  SUBSTITUTE: aqlFunction(2, 4, ([text = null, search = null, by = null]) => substitute(toText(text), search, by)),
  LIKE: aqlFunction(2, 3, ([text = null, pattern = null, ignoreCase = null]) =>
    likeToRegExp(toText(pattern), ignoreCase === true).test(toText(text)),
  ),
  REGEX_TEST: aqlFunction(2, 3, ([text = null, pattern = null, ignoreCase = null]) =>
    regExpOf(toText(pattern), ignoreCase === true).test(toText(text)),
  ),
  REGEX_MATCHES: aqlFunction(2, 3, ([text = null, pattern = null, ignoreCase = null]) => {
    const match = regExpOf(toText(pattern), ignoreCase === true).exec(toText(text))
    return match === null ? null : [...match].map((group) => group ?? '')
  }),
  REGEX_SPLIT: aqlFunction(2, 4, ([text = null, pattern = null, ignoreCase = null]) =>
    toText(text).split(regExpOf(toText(pattern), ignoreCase === true)),
  ),
  REGEX_REPLACE: aqlFunction(3, 4, ([text = null, pattern = null, by = null, ignoreCase = null]) =>
    toText(text).replace(regExpOf(toText(pattern), ignoreCase === true, 'g'), toText(by).replace(/\\(\d)/g, '$$$1')),
  ),
}

function split(text: string, separator: Json, limit: Json): Json[] {
  if (separator === null) return [text]
  const escaped = (Array.isArray(separator) ? separator : [separator])
    .map((one) => toText(one).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
    .join('|')
  return text.split(new RegExp(escaped, 'u')).slice(0, limit === null ? undefined : toNumber(limit))
}

function substitute(text: string, search: Json, by: Json): string {
  const pairs: [string, string][] = isObject(search)
    ? Object.entries(search).map(([from, to]) => [from, toText(to)])
    : (Array.isArray(search) ? search : [search]).map((from, index) => [
        toText(from),
        toText(Array.isArray(by) ? (by[index] ?? null) : by),
      ])
  return pairs.reduce((changed, [from, to]) => (from === '' ? changed : changed.replaceAll(from, to)), text)
}

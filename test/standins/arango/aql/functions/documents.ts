import { parseId } from '../../document-input.ts'
import { fail } from '../../errors.ts'
import { isObject, type Json } from '../../json.ts'
import type { Execution } from '../execution.ts'
import { toBool, toNumber, toText } from '../values.ts'
import { aqlFunction, type Family, many, wrongType } from './function.ts'

/** Functions that know the database, and those that end or delay a query. */
export const documents: Family = {
  DOCUMENT: aqlFunction(1, 2, ([first = null, second = null], execution) => {
    const ids = second ?? first
    const complete = (id: Json): string => (second === null ? toText(id) : `${toText(first)}/${toText(id)}`)
    if (!Array.isArray(ids)) return lookUp(execution, complete(ids))
    return ids.map((id) => lookUp(execution, complete(id))).filter((found) => found !== null)
  }),
  COLLECTION_COUNT: aqlFunction(1, 1, ([collection = null], { session }) =>
    Array.isArray(collection) ? collection.length : session.read(toText(collection)).size,
  ),
  PARSE_IDENTIFIER: aqlFunction(
    1,
    1,
    ([value = null], execution) => parts(value) ?? wrongType(execution, 'PARSE_IDENTIFIER'),
  ),
  PARSE_KEY: aqlFunction(1, 1, ([value = null], execution) => parts(value)?.key ?? wrongType(execution, 'PARSE_KEY')),
  PARSE_COLLECTION: aqlFunction(
    1,
    1,
    ([value = null], execution) => parts(value)?.collection ?? wrongType(execution, 'PARSE_COLLECTION'),
  ),
  IS_SAME_COLLECTION: aqlFunction(
    2,
    2,
    ([collection = null, value = null]) => parts(value)?.collection === toText(collection),
  ),
  CURRENT_USER: aqlFunction(0, 0, (_, { session }) => session.userName),
  CURRENT_DATABASE: aqlFunction(0, 0, (_, { session }) => session.database.name),
  FAIL: aqlFunction(0, many, ([reason = null]) => fail(1569, `AQL: FAIL(${toText(reason)}) called (while executing)`)),
  ASSERT: aqlFunction(2, 2, ([condition = null, message = null]) =>
    toBool(condition) ? true : fail(1593, `AQL: ${toText(message)} (while executing)`),
  ),
  SLEEP: aqlFunction(1, 1, ([seconds = null], execution) => {
    execution.sleep(toNumber(seconds))
    return null
  }),
}

function lookUp({ session }: Execution, id: string): Json {
  const found = parts(id)
  if (found === null || !session.database.collections.has(found.collection)) return null
  return session.read(found.collection).get(found.key) ?? null
}

function parts(value: Json): { collection: string; key: string } | null {
  const id = isObject(value) ? (value._id ?? null) : value
  return typeof id === 'string' && /^[^/]+\/[^/]+$/.test(id) ? parseId(id) : null
}

import type { Json } from '../../json.ts'
import { compareValues, identity, unique } from '../values.ts'
import { aqlFunction, type Family, many, ofArray, wrongType } from './function.ts'

/** Functions that know a value once. */
export const sets: Family = {
  UNIQUE: ofArray('UNIQUE', unique),
  SORTED_UNIQUE: ofArray('SORTED_UNIQUE', (items) => unique(items).sort(compareValues)),
  COUNT_DISTINCT: ofArray('COUNT_DISTINCT', (items) => unique(items).length),
  COUNT_UNIQUE: ofArray('COUNT_UNIQUE', (items) => unique(items).length),
  UNION: ofArrays('UNION', (lists) => lists.flat()),
  UNION_DISTINCT: ofArrays('UNION_DISTINCT', (lists) => unique(lists.flat())),
  INTERSECTION: ofArrays('INTERSECTION', ([first = [], ...others]) => {
    const sets = others.map(identities)
    return unique(first).filter((item) => sets.every((set) => set.has(identity(item))))
  }),
  MINUS: ofArrays('MINUS', ([first = [], ...others]) => {
    const removed = identities(others.flat())
    return unique(first).filter((item) => !removed.has(identity(item)))
  }),
}

function ofArrays(name: string, call: (lists: Json[][]) => Json[]): Family[string] {
  return aqlFunction(2, many, (args, execution) => {
    const lists = args.filter((list) => Array.isArray(list))
    return lists.length === args.length ? call(lists) : wrongType(execution, name)
  })
}

function identities(items: readonly Json[]): Set<string> {
  return new Set(items.map(identity))
}

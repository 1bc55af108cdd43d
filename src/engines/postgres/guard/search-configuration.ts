import type { FuncCall, Node } from 'libpg-query'
import { as, literalOf, namesOf } from '../lint/tree.ts'
import { refused } from './read.ts'

/** How many arguments there are where the first may be a configuration. */
const withConfiguration: ReadonlyMap<string, number> = new Map([
  ['to_tsvector', 2],
  ['to_tsquery', 2],
  ['plainto_tsquery', 2],
  ['phraseto_tsquery', 2],
  ['websearch_to_tsquery', 2],
  ['ts_headline', 3],
])

/**
 * A text search configuration is looked up by the name that the argument holds, in any schema, and so tells whether it is there. It
 * has to stand in the statement, without a schema. @throws DBS-2202
 */
export function requireOwnConfiguration({ funcname, args = [] }: FuncCall): void {
  const name = namesOf(funcname).at(-1) ?? ''
  const [first, second] = args
  if (first === undefined || args.length < (withConfiguration.get(name) ?? Number.POSITIVE_INFINITY)) return
  // Then the first is the document.
  if (name === 'ts_headline' && isQuery(second)) return
  const isOpen = as(first, 'ParamRef') !== undefined || literalOf(first)?.includes('.') === true
  if (isOpen) throw refused(`the configuration of ${name} has to stand in the statement, without a schema`)
}

function isQuery(node: Node | undefined): boolean {
  if (node === undefined) return false
  const type = as(node, 'TypeCast')?.typeName
  if (type !== undefined) return namesOf(type.names).at(-1) === 'tsquery'
  return /tsquery$/.test(namesOf(as(node, 'FuncCall')?.funcname).at(-1) ?? '')
}

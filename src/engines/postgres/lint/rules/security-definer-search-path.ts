import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { allOf, as, lastNameOf, literalOf } from '../tree.ts'

export const securityDefinerSearchPath: Rule = {
  id: 'security-definer-search-path',
  severity: 'error',
  summary: 'A SECURITY DEFINER function without a fixed search_path.',
  why: "It runs with its owner's rights and the caller's search_path: a caller who can place a table or operator of the same name first decides what it does.",
  mend: 'Add SET search_path = pg_catalog, pg_temp and qualify names, or write the body as BEGIN ATOMIC.',
  *statement({ statement }) {
    const create = as(statement.node, 'CreateFunctionStmt')
    // A BEGIN ATOMIC body has its names resolved when it is made.
    if (create !== undefined && create.sql_body === undefined && isExposed(create.options)) {
      yield { message: `${lastNameOf(create.funcname)} runs as its owner with the search_path of its caller` }
    }
    const alter = as(statement.node, 'AlterFunctionStmt')
    if (alter !== undefined && isExposed(alter.actions)) {
      yield { message: `${lastNameOf(alter.func?.objname)} is made SECURITY DEFINER without a search_path` }
    }
  },
}

function isExposed(options: readonly Node[] | undefined): boolean {
  const elements = allOf(options, 'DefElem')
  const isDefiner = elements.some(({ defname, arg }) => defname === 'security' && isTrue(arg))
  return isDefiner && !elements.some(({ arg }) => as(arg, 'VariableSetStmt')?.name === 'search_path')
}

const isTrue = (node: Node | undefined): boolean => as(node, 'Boolean')?.boolval === true || literalOf(node) === 'true'

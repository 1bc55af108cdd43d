import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { as, namesOf, nodesIn, relationsIn, walk } from '../tree.ts'

const common = ['pg_catalog', 'information_schema', 'pg_temp', 'dbsvc']

interface Qualified {
  readonly schema: string
  readonly name: string
  readonly at: number | undefined
}

export const qualifiedName: Rule = {
  id: 'qualified-name',
  severity: 'error',
  scopes: ['tenant'],
  summary: "A schema-qualified name in a company's migration.",
  why: "The same text runs for every company, in that company's schema. A qualified name means one and the same object for all of them: the second company fails, or shares the first one's table.",
  mend: 'Leave the schema out; schemas with extensions go into migrations.searchPath.',
  directions: bothWays,
  *statement({ statement }, model) {
    const allowed = new Set([...common, ...model.searchPath])
    for (const { schema, name, at } of qualifiedIn(statement.node)) {
      if (!allowed.has(schema)) yield { message: `${schema}.${name} is the same object for every company`, at }
    }
  },
}

function* qualifiedIn(node: Node): Generator<Qualified> {
  for (const { schemaname, relname = '', location } of relationsIn(node)) {
    if (schemaname !== undefined) yield { schema: schemaname, name: relname, at: location }
  }
  for (const { funcname, location } of nodesIn(node, 'FuncCall')) yield* ofParts(namesOf(funcname), location)
  for (const [, value] of walk(node)) {
    // A type stands in some places without its kind.
    if ('names' in value && 'typemod' in value) {
      yield* ofParts(namesOf(value.names as Node[]), value.location as number | undefined)
    }
  }
  yield* ofParts(namesOf(as(node, 'CreateFunctionStmt')?.funcname), undefined)
  yield* ofParts(namesOf(as(node, 'CreateEnumStmt')?.typeName), undefined)
  const drop = as(node, 'DropStmt')
  for (const object of drop?.objects ?? []) yield* ofDropped(object, drop?.removeType ?? '')
}

function* ofParts(parts: readonly string[], at: number | undefined): Generator<Qualified> {
  const [schema = '', name = ''] = parts
  if (parts.length > 1) yield { schema, name, at }
}

function ofDropped(object: Node, kind: string): Iterable<Qualified> {
  const called = as(object, 'ObjectWithArgs')
  if (called !== undefined) return ofParts(namesOf(called.objname), undefined)
  const parts = namesOf(as(object, 'List')?.items)
  // Of these the table comes before the name.
  const isOnTable = kind === 'OBJECT_POLICY' || kind === 'OBJECT_TRIGGER' || kind === 'OBJECT_RULE'
  return ofParts(isOnTable ? parts.slice(0, -1) : parts, undefined)
}

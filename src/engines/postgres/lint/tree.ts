import type { AlterTableCmd, AlterTableType, Node, RangeVar, TypeName } from 'libpg-query'
import type { Statement } from './statement.ts'

type Keys<Union> = Union extends unknown ? keyof Union : never
export type NodeKind = Keys<Node>
export type NodeOf<Kind extends NodeKind> = Extract<Node, Record<Kind, unknown>>[Kind]

/** The node as `kind`, or undefined where it is something else. A node is an object whose only key is its kind. */
export function as<Kind extends NodeKind>(node: Node | undefined, kind: Kind): NodeOf<Kind> | undefined {
  return node === undefined ? undefined : (node as unknown as Partial<Record<Kind, NodeOf<Kind>>>)[kind]
}

/** The nodes of a list that are of this kind. */
export function allOf<Kind extends NodeKind>(nodes: readonly Node[] | undefined, kind: Kind): NodeOf<Kind>[] {
  return (nodes ?? []).flatMap((node) => as(node, kind) ?? [])
}

/** The parts of a dotted name, or the members of a list of names. */
export function namesOf(nodes: readonly Node[] | undefined): string[] {
  return allOf(nodes, 'String').map(({ sval }) => sval ?? '')
}

export const lastNameOf = (nodes: readonly Node[] | undefined): string => namesOf(nodes).at(-1) ?? ''

/** The relation that the parts of a dotted name mean. */
export function rangeOf(names: readonly string[]): { relname: string; schemaname?: string } {
  const schema = names.at(-2)
  return { relname: names.at(-1) ?? '', ...(schema === undefined ? {} : { schemaname: schema }) }
}

/** Every object below `root`, with the key it stands under: a node's kind, or the field that holds it. */
export function* walk(root: unknown, key = ''): Generator<readonly [key: string, value: Record<string, unknown>]> {
  if (Array.isArray(root)) {
    for (const item of root) yield* walk(item, key)
  } else if (typeof root === 'object' && root !== null) {
    yield [key, root as Record<string, unknown>]
    for (const [name, value] of Object.entries(root)) yield* walk(value, name)
  }
}

/** Every node of a kind below `root`. */
export function* nodesIn<Kind extends NodeKind>(root: unknown, kind: Kind): Generator<NodeOf<Kind>> {
  for (const [key, value] of walk(root)) if (key === kind) yield value as NodeOf<Kind>
}

/** Every relation named below `root`; in some places the tree has them without their kind. */
export function* relationsIn(root: unknown): Generator<RangeVar> {
  for (const [, value] of walk(root)) if ('relname' in value && 'relpersistence' in value) yield value as RangeVar
}

/** The commands of an ALTER TABLE that are of one of these kinds, with the table. */
export function* alterations(
  { node }: Pick<Statement, 'node'>,
  ...subtypes: readonly AlterTableType[]
): Generator<{ readonly table: RangeVar; readonly command: AlterTableCmd }> {
  const alter = as(node, 'AlterTableStmt')
  if (alter?.relation === undefined) return
  for (const command of allOf(alter.cmds, 'AlterTableCmd')) {
    if (command.subtype !== undefined && subtypes.includes(command.subtype)) yield { table: alter.relation, command }
  }
}

/** A string or number written as a literal, or a bare word such as `off`; undefined for anything else. */
export function literalOf(node: Node | undefined): string | undefined {
  const constant = as(node, 'A_Const') ?? as(as(node, 'TypeCast')?.arg, 'A_Const')
  if (constant === undefined) return as(node, 'String')?.sval
  if (constant.sval !== undefined) return constant.sval.sval ?? ''
  if (constant.fval !== undefined) return constant.fval.fval
  if (constant.boolval !== undefined) return String(constant.boolval.boolval ?? false)
  // The tree leaves a zero out.
  return constant.ival === undefined ? undefined : String(constant.ival.ival ?? 0)
}

/** Names of the columns read anywhere below `root`; of `t.c` the last part. */
export function columnsIn(root: unknown): Set<string> {
  return new Set([...nodesIn(root, 'ColumnRef')].map(({ fields }) => lastNameOf(fields)))
}

export interface TypeRef {
  /** Without schema, as PostgreSQL's grammar spells it: int4, varchar, bpchar, timestamptz. */
  readonly name: string
  readonly modifiers: readonly string[]
  readonly isArray: boolean
}

export function typeOf(typeName: TypeName | undefined): TypeRef {
  return {
    name: lastNameOf(typeName?.names),
    modifiers: (typeName?.typmods ?? []).map((node) => literalOf(node) ?? ''),
    isArray: (typeName?.arrayBounds ?? []).length > 0,
  }
}

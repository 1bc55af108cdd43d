import type { Json } from '../json.ts'

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'
export type ComparisonOperator =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'IN'
  | 'NOT IN'
  | 'LIKE'
  | 'NOT LIKE'
  | '=~'
  | '!~'
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | '&&' | '||'
export type Quantifier = 'ANY' | 'ALL' | 'NONE'

export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'collection'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [name: Expression, value: Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: Expression }
  | Expansion
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-' | '+'; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | Quantified
  | { readonly kind: 'range'; readonly from: Expression; readonly to: Expression }
  | {
      readonly kind: 'choice'
      readonly condition: Expression
      /** Null for `a ?: b`. */
      readonly yes: Expression | null
      readonly no: Expression
    }
  | { readonly kind: 'subquery'; readonly query: Query }

/** `of[* FILTER … LIMIT … RETURN …].rest`; more stars take away levels of nesting first. */
export interface Expansion {
  readonly kind: 'expansion'
  readonly of: Expression
  readonly levels: number
  readonly filter: Expression | null
  readonly limit: Limit | null
  readonly projection: Expression | null
  /** What follows, on the variable `elementVariable`. */
  readonly rest: Expression
}

export const elementVariable = '$element'
/** The element within the brackets of an expansion. */
export const currentVariable = 'CURRENT'

export interface Quantified {
  readonly kind: 'quantified'
  readonly quantifier: Quantifier
  readonly operator: ComparisonOperator
  readonly left: Expression
  readonly right: Expression
}

export interface Limit {
  readonly offset: Expression | null
  readonly count: Expression
}

export interface Query {
  readonly clauses: readonly Clause[]
}

export type TraversalDirection = 'OUTBOUND' | 'INBOUND' | 'ANY'

export interface TraversalClause {
  readonly kind: 'traversal'
  readonly vertex: string
  readonly edge: string | null
  readonly path: string | null
  readonly depth: Expression | null
  readonly direction: TraversalDirection
  readonly start: Expression
  /** The name of a graph, or the edge collections, each with its own direction if it has one. */
  readonly over:
    | { readonly graph: Expression }
    | { readonly collections: readonly { readonly name: string; readonly direction: TraversalDirection }[] }
  readonly prune: Expression | null
  readonly options: Expression | null
}

export interface CollectClause {
  readonly kind: 'collect'
  readonly groups: readonly Assignment[]
  readonly aggregates: readonly { readonly name: string; readonly call: string; readonly of: Expression | null }[]
  readonly into: {
    readonly name: string
    readonly of: Expression | null
    readonly keep: readonly string[] | null
  } | null
  readonly countInto: string | null
}

export interface Assignment {
  readonly name: string
  readonly value: Expression
}

export type Modification = 'INSERT' | 'UPDATE' | 'REPLACE' | 'REMOVE'

export interface ModifyClause {
  readonly kind: 'modify'
  readonly operation: Modification
  readonly collection: string
  readonly document: Expression
  /** What stands after WITH. */
  readonly change: Expression | null
  readonly options: Expression | null
}

export interface UpsertClause {
  readonly kind: 'upsert'
  readonly collection: string
  readonly search: Expression
  readonly insert: Expression
  readonly change: Expression
  readonly operation: 'UPDATE' | 'REPLACE'
  readonly options: Expression | null
}

export type Clause =
  | { readonly kind: 'for'; readonly name: string; readonly in: Expression }
  | TraversalClause
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'let'; readonly assignment: Assignment }
  | { readonly kind: 'sort'; readonly by: readonly { readonly value: Expression; readonly descending: boolean }[] }
  | { readonly kind: 'limit'; readonly limit: Limit }
  | CollectClause
  | ModifyClause
  | UpsertClause
  | { readonly kind: 'return'; readonly value: Expression; readonly distinct: boolean }

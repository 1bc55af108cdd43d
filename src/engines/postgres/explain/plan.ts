/** A node of a plan as EXPLAIN (FORMAT JSON) writes it. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Parent Relationship'?: string
  readonly 'Subplan Name'?: string
  readonly 'Join Type'?: string
  readonly 'Relation Name'?: string
  readonly Schema?: string
  readonly Alias?: string
  readonly Filter?: string
  readonly 'Join Filter'?: string
  readonly 'Index Cond'?: string
  readonly 'Recheck Cond'?: string
  readonly 'Total Cost'?: number
  readonly 'Plan Rows'?: number
  readonly Output?: readonly string[]
  readonly Plans?: readonly PlanNode[]
  readonly [field: string]: unknown
}

/** What is worth telling about a plan. */
export interface Advice {
  /** Such as `sequential-scan`. */
  readonly id: string
  readonly message: string
  /** SQL that helps, for a migration; empty where it takes a person to tell. */
  readonly mend: string
}

/** The node and all below it, in the order in which EXPLAIN prints them. */
export function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** What the conditions of a filter are, as they stand between its outermost ANDs. */
export function conjunctsOf(filter: string | undefined): string[] {
  if (filter === undefined) return []
  const inner = unwrapped(filter)
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let at = 0; at < inner.length; at += 1) {
    const character = inner[at]
    if (character === "'") quoted = !quoted
    else if (quoted) continue
    else if (character === '(' || character === '[') depth += 1
    else if (character === ')' || character === ']') depth -= 1
    else if (depth === 0 && inner.startsWith(' AND ', at)) {
      parts.push(inner.slice(start, at))
      start = at + ' AND '.length
    }
  }
  return [...parts, inner.slice(start)].map(unwrapped)
}

/** Without the brackets around it, if they belong together. */
function unwrapped(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length - 1; at += 1) {
    if (text[at] === "'") quoted = !quoted
    else if (quoted) continue
    else if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    if (depth === 0) return text
  }
  return text.slice(1, -1)
}

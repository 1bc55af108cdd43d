import { tokenise } from '../sql/lexer.ts'
import type { LintStatement } from './statement.ts'

/** A comment `dbsvc: allow <rule>[, <rule>] because <reason>`. */
export interface Suppression {
  readonly rules: readonly string[]
  readonly reason: string | null
  /** The statement it stands in, or ends the line of, or comes before; null where none follows. */
  readonly reach: LintStatement | null
  readonly at: number
}

const marker = /^(?:--|\/\/|#!?|\/\*)\s*dbsvc:\s*allow\b[ \t]*(.*?)(?:\*\/)?\s*$/s
const parts = /^([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)?[ \t]*(?:because[ \t]+(\S.*))?$/s

export function suppressionsIn(text: string, statements: readonly LintStatement[]): Suppression[] {
  return tokenise(text).flatMap((token) => {
    const body = token.kind === 'comment' ? marker.exec(token.text)?.[1]?.trim() : undefined
    if (body === undefined) return []
    const [, rules = '', reason] = parts.exec(body) ?? []
    return [
      {
        rules: rules.split(',').flatMap((rule) => rule.trim() || []),
        reason: reason?.trim() ?? null,
        reach: statementAt(text, statements, token.start),
        at: token.start,
      },
    ]
  })
}

function statementAt(text: string, statements: readonly LintStatement[], at: number): LintStatement | null {
  const next = statements.find(({ sql }) => sql.end > at)
  if (next !== undefined && next.sql.start < at) return next
  const previous = statements.findLast(({ sql }) => sql.end <= at)
  const between = previous === undefined ? '\n' : text.slice(previous.sql.end, at)
  return (between.includes('\n') ? next : previous) ?? null
}

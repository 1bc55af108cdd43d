import { extname } from 'node:path'
import type { LintMigration, Statement, Step } from './statement.ts'

/** A comment `dbsvc: allow <rule>[, <rule>] because <reason>`. */
export interface Suppression {
  readonly rules: readonly string[]
  readonly reason: string | null
  /** The statement it holds for; `null` where none follows. */
  readonly reach: Statement | 'file' | null
  /** Where the comment stands. */
  readonly place: { readonly step: Step; readonly at: number } | { readonly line: number }
}

type SuppressedFile = Pick<LintMigration, 'path' | 'text' | 'up' | 'down'>

const sqlComment = /^\s*(--|\/\*)/
const codeComment = /^\s*(\/\/|\/?\*)/
const marker = /^(?:--|\/\/|\/\*|\*)?\s*dbsvc:\s*allow\b[ \t]*(.*?)(?:\*\/)?\s*$/
const parts = /^([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)?[ \t]*(?:because[ \t]+(\S.*))?$/

/**
 * A comment inside SQL holds for the statement it stands in, or ends the line of, or comes before. One outside it, above the
 * "Up Migration" of a .sql file or in the code of a .ts or .js file, holds for the file.
 */
export function suppressionsIn({ path, text, up, down }: SuppressedFile): Suppression[] {
  const steps = [up, down].flatMap((sql) => sql?.steps ?? [])
  return [...ofFile(text, steps, extname(path) === '.sql' ? sqlComment : codeComment), ...steps.flatMap(ofStep)]
}

function ofStep(step: Step): Suppression[] {
  return step.comments.flatMap(({ text, start }) => {
    const read = readMarker(text)
    return read === undefined ? [] : [{ ...read, reach: statementAt(step, start), place: { step, at: start } }]
  })
}

function statementAt({ statements, sql }: Step, at: number): Statement | null {
  const next = statements.find(({ end }) => end > at)
  if (next !== undefined && next.start < at) return next
  const previous = statements.findLast(({ end }) => end <= at)
  const between = previous === undefined ? '\n' : Buffer.from(sql).subarray(previous.end, at).toString()
  return (between.includes('\n') ? next : previous) ?? null
}

function ofFile(fileText: string, steps: readonly Step[], comment: RegExp): Suppression[] {
  const inside = steps.flatMap(({ offset, sql }) =>
    offset === null ? [] : [{ from: offset, to: offset + sql.length }],
  )
  const found: Suppression[] = []
  let offset = 0
  for (const [index, line] of fileText.split('\n').entries()) {
    const start = offset
    offset += line.length + 1
    if (inside.some(({ from, to }) => start >= from && start < to)) continue
    const read = comment.test(line) ? readMarker(line.trim()) : undefined
    if (read !== undefined) found.push({ ...read, reach: 'file', place: { line: index + 1 } })
  }
  return found
}

function readMarker(text: string): Pick<Suppression, 'rules' | 'reason'> | undefined {
  const body = marker.exec(text)?.[1]?.trim()
  if (body === undefined) return undefined
  const [, rules = '', reason] = parts.exec(body) ?? []
  return {
    rules: rules
      .split(',')
      .map((rule) => rule.trim())
      .filter((rule) => rule !== ''),
    reason: reason?.trim() ?? null,
  }
}

import type { Step } from './statement.ts'

export interface Position {
  /** From 1. */
  readonly line: number
  /** In UTF-16 code units, from 1. */
  readonly column: number
}

/** Where a byte of a step stands in the file; null where the step's text is not in the file as it stands. */
export function positionIn(fileText: string, step: Step, byte: number): Position | null {
  if (step.offset === null) return null
  const inStep = Buffer.from(step.sql).subarray(0, byte).toString().length
  const before = fileText.slice(0, step.offset + inStep)
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}

/** Where the text of a step begins in its file, or null where it is not there, or more than once. */
export function offsetOf(fileText: string, sql: string): number | null {
  // The builder may have added a semicolon at the end.
  const text = sql.replace(/;$/, '')
  const offset = fileText.indexOf(text)
  return offset === -1 || fileText.indexOf(text, offset + 1) !== -1 ? null : offset
}

/** Puts `text` in place of what stands between two offsets. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Makes edits that do not overlap. `base` is the offset that the text's first character has. */
export function applyEdits(text: string, edits: readonly Edit[], base = 0): string {
  let result = text
  for (const { start, end, text: inserted } of edits.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start - base) + inserted + result.slice(end - base)
  }
  return result
}

/** One direction of a migration's file. */
export interface Section {
  readonly text: string
  /** The line of the file, from 1, on which `text` begins. */
  readonly firstLine: number
}

export interface Sections {
  readonly up: Section
  /** Null where the file has no way down. */
  readonly down: Section | null
}

const marker = /^\s*--[\s-]*(up|down)\s+migration.*$/i

/** Splits a file at `-- Up Migration` and `-- Down Migration`, as node-pg-migrate does; without markers all of it is the way up. */
export function sectionsOf(text: string): Sections {
  const lines = text.split('\n')
  const found = lines.flatMap((line, index) => {
    const direction = marker.exec(line)?.[1]?.toLowerCase()
    return direction === undefined ? [] : [{ direction, index }]
  })
  if (found.length === 0) return { up: { text, firstLine: 1 }, down: null }
  const section = (direction: string): Section | null => {
    const position = found.findIndex((mark) => mark.direction === direction)
    const start = found[position]
    if (start === undefined) return null
    const end = found[position + 1]?.index ?? lines.length
    return { text: lines.slice(start.index + 1, end).join('\n'), firstLine: start.index + 2 }
  }
  return { up: section('up') ?? { text: '', firstLine: 1 }, down: section('down') }
}

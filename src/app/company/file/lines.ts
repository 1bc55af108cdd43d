import { reasonOf } from '../../../core/errors/error.ts'
import type { Row } from './row.ts'

/** One id a line, or one JSON object a line; blank lines and those that begin with # are skipped. */
export function readLines(text: string): Row[] {
  return text.split(/\r\n|\n|\r/).flatMap((raw, index) => {
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) return []
    return [{ line: index + 1, ...(content.startsWith('{') ? parseJson(content) : { value: { company: content } }) }]
  })
}

function parseJson(text: string): { value: unknown } | { reason: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { reason: `not valid JSON: ${reasonOf(error)}` }
  }
}

import { z } from 'zod'

/**
 * Reads text, all that an environment variable can hold, as the type its setting has: numbers, `true` and `false`,
 * lists as JSON or separated by commas. Text that does not fit is returned as it is, for the schema to refuse.
 */
export function coerceText(text: string, schema: z.core.$ZodType): unknown {
  if (schema instanceof z.ZodNumber) return /^[+-]?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : text
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text
  if (schema instanceof z.ZodArray) return listOf(text)
  return text
}

function listOf(text: string): unknown {
  if (text.trimStart().startsWith('[')) {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
  if (text.trim() === '') return []
  return text.split(',').map((item) => item.trim())
}

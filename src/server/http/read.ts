import type { z } from 'zod'
import { DbsvcError } from '../../core/errors/error.ts'

/** Gives what came in its shape. @throws DBS-2001 naming every field that is wrong */
export function read<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const result = shape.safeParse(value)
  if (result.success) return result.data
  throw malformed(
    result.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; '),
  )
}

export const malformed = (reason: string): DbsvcError => DbsvcError.of('DBS-2001', { reason })

/** Whether it is an object of JSON, which a list is not. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

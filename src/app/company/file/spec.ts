import { z } from 'zod'
import { nearest } from '../../../config/nearest.ts'
import { limits as limitsOfTier } from '../../../config/schema.ts'
import type { CompanySpec } from '../../../core/company/spec.ts'
import { DbsvcError } from '../../../core/errors/error.ts'

const limits = limitsOfTier.partial()

// PostgreSQL stores neither U+0000 nor half a character; U+FFFD is what reading makes of bytes that are no UTF-8.
const text = z
  .string()
  .refine((value) => value.isWellFormed() && !/[\0\uFFFD]/.test(value), 'has characters that are no valid UTF-8')

const parameters = z.strictObject({
  name: text.min(1).optional(),
  tier: z.enum(['free', 'pro', 'enterprise']).optional(),
  labels: z.record(text, text).optional(),
  limits: limits.optional(),
  login: z.boolean().optional(),
})
const spec = z.strictObject({ company: z.string(), ...parameters.shape })

/** Names of the fields that a company may be given, and of its limits. */
export const fields: readonly string[] = Object.keys(spec.shape)
export const limitNames: readonly string[] = Object.keys(limits.shape)

/** What a company may be given besides its id. */
export type Parameters = Omit<CompanySpec, 'company'>

/** Judges what the command line says for all companies. @throws DBS-1903 with every problem named */
export function parseParameters(value: object): Parameters {
  const result = parameters.safeParse(value)
  if (result.success) return result.data as Parameters
  throw DbsvcError.of('DBS-1903', { reason: problemsOf(result.error) })
}

/** The company that `value` describes, or what is wrong with it. */
export function judgeSpec(value: unknown): { readonly spec: CompanySpec } | { readonly reason: string } {
  const result = spec.safeParse(value)
  return result.success ? { spec: result.data as CompanySpec } : { reason: problemsOf(result.error) }
}

/** `unknown field "teir"; did you mean tier?` */
export function unknown(kind: 'field' | 'column', name: string, known: readonly string[]): string {
  const meant = nearest(name, known)
  const hint = meant === null ? `known are ${known.join(', ')}` : `did you mean ${meant}?`
  return `unknown ${kind} ${JSON.stringify(name)}; ${hint}`
}

const problemsOf = (error: z.ZodError): string => error.issues.map(problemOf).join('; ')

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const known = issue.path[0] === 'limits' ? limitNames : fields
    return issue.keys.map((key) => unknown('field', key, known)).join('; ')
  }
  return `${issue.path.join('.') || 'company'}: ${issue.message}`
}

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { configSchema } from '../../config/schema.ts'
import type { CompanySpec } from '../../core/company/spec.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'

const limits = configSchema.shape.tiers.unwrap().shape.free.unwrap().partial()
const spec = z.strictObject({
  company: z.string(),
  name: z.string().min(1).optional(),
  tier: z.enum(['free', 'pro', 'enterprise']).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  limits: limits.optional(),
  login: z.boolean().optional(),
})

/** Judges the parameters of one company. @throws DBS-1903 with every problem named */
export function parseSpec(value: unknown): CompanySpec {
  const result = spec.safeParse(value)
  if (result.success) return result.data as CompanySpec
  throw DbsvcError.of('DBS-1903', { reason: problemsOf(result.error) })
}

/**
 * Reads companies from a file: one id a line, or one JSON object a line (`{"company": …, "tier": …}`); blank lines and lines
 * that begin with # are skipped. @throws DBS-1209 with the number of the first bad line
 */
export async function readSpecs(file: string): Promise<CompanySpec[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw DbsvcError.of('DBS-1209', { file, line: 0, reason: reasonOf(error) }, error)
  })
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return []
    const fail = (reason: string): never => {
      throw DbsvcError.of('DBS-1209', { file, line: index + 1, reason })
    }
    if (!line.startsWith('{')) return [{ company: line }]
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      return fail(reasonOf(error))
    }
    const result = spec.safeParse(value)
    return result.success ? [result.data as CompanySpec] : fail(problemsOf(result.error))
  })
}

const problemsOf = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.') || 'company'}: ${issue.message}`).join('; ')

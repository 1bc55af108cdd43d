import type { Given } from './given.ts'

/** A finding, as `doctor --json` prints it. */
export interface Found {
  readonly id: string
  readonly severity: string
  readonly message: string
  readonly means: string
  readonly mend: string | null
  readonly fixed: boolean
}

export async function examine(given: Given, check: string, ...options: string[]): Promise<readonly Found[]> {
  const result = await given.dbsvc(['doctor', '--json', '--only', check, ...options])
  return result.json<{ findings: Found[] }>().findings
}

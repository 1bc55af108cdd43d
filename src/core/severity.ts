/** From the gravest on. */
export const severities = ['error', 'warning', 'info'] as const
export type Severity = (typeof severities)[number]

export type SeverityCounts = Readonly<Record<Severity, number>>

export function countBySeverity(findings: readonly { readonly severity: Severity }[]): SeverityCounts {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length
  return Object.fromEntries(severities.map((severity) => [severity, count(severity)])) as Record<Severity, number>
}

export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(threshold)
}

/** `2 errors, 1 warning`, or `nothing found`. */
export function describeCounts(counts: SeverityCounts): string {
  const found = severities.filter((severity) => counts[severity] > 0)
  if (found.length === 0) return 'nothing found'
  return found.map((severity) => `${counts[severity]} ${severity}${plural(severity, counts[severity])}`).join(', ')
}

const plural = (severity: Severity, count: number): string => (count === 1 || severity === 'info' ? '' : 's')

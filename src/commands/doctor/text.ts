import type { CheckReport, Facts, Finding } from '../../core/doctor/finding.ts'
import { countBySeverity, describeCounts } from '../../core/severity.ts'

/** A finding in a few lines, and a summary. */
export function textLines(findings: readonly Finding[], checks: readonly CheckReport[]): string[] {
  const open = findings.filter(({ fixed }) => !fixed)
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped').map(({ id }) => id)
  const fixable = open.filter((finding) => finding.fixable).length
  return [
    ...findings.flatMap(linesOf),
    ...(skipped.length === 0 ? [] : [`not looked at: ${skipped.join(', ')}`]),
    ...(fixable === 0 ? [] : [`${fixable} of them can be mended by dbsvc doctor --fix`]),
    `${describeCounts(countBySeverity(open))} by ${checks.length - skipped.length} checks`,
  ]
}

function linesOf({ id, severity, message, means, mend, fixed, fixable }: Finding): string[] {
  if (fixed) return [`mended: ${message} [${id}]`]
  const how = fixable ? [`  mend: ${mend} (or dbsvc doctor --fix)`] : mend === null ? [] : [`  mend: ${mend}`]
  return [`${severity}: ${message} [${id}]`, `  ${means}`, ...how]
}

/** What is worth knowing also where nothing is wrong. */
export function factLine(place: string, facts: Facts): string {
  const { serverVersion, companies, databaseBytes, freeDiskBytes, clockOffsetMs } = facts
  return [
    place,
    ...(serverVersion === undefined ? [] : [`PostgreSQL ${serverVersion}`]),
    ...(companies === undefined ? [] : [`${companies} ${companies === 1 ? 'company' : 'companies'}`]),
    ...(databaseBytes === undefined ? [] : [`database of ${inMegabytes(databaseBytes)}`]),
    ...(freeDiskBytes === undefined || freeDiskBytes === null
      ? []
      : [`${inMegabytes(freeDiskBytes)} free on its disk`]),
    ...(clockOffsetMs === undefined ? [] : [`clocks ${Math.abs(clockOffsetMs)} ms apart`]),
  ].join(', ')
}

const inMegabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`

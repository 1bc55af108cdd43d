import type { Finding } from '../../core/lint/finding.ts'
import { countBySeverity, describeCounts } from '../../core/severity.ts'

/** A finding in a few lines, as compilers write them, so that editors and terminals make its place a link. */
export function textLines(findings: readonly Finding[], migrations: number): string[] {
  return [...findings.flatMap(linesOf), summaryOf(findings, migrations)]
}

function linesOf({ file, line, column, severity, rule, message, mend, sql, direction }: Finding): string[] {
  const place = [file, line, column].filter((part) => part !== null).join(':')
  const way = direction === 'down' ? ' (down)' : ''
  // Where the place cannot be named, the statement is.
  const statement = line === null && sql !== null ? [`  sql: ${firstLineOf(sql)}`] : []
  return [`${place}: ${severity}: ${message} [${rule}]${way}`, ...statement, `  mend: ${mend}`]
}

function firstLineOf(sql: string): string {
  const [first = '', ...rest] = sql.split('\n')
  return rest.length === 0 ? first : `${first} …`
}

function summaryOf(findings: readonly Finding[], migrations: number): string {
  return `${describeCounts(countBySeverity(findings))} in ${migrations} ${migrations === 1 ? 'migration' : 'migrations'}`
}

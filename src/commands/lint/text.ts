import { countBySeverity, type Finding } from '../../core/lint/finding.ts'
import { type Severity, severities } from '../../core/lint/rule.ts'

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
  const counts = countBySeverity(findings)
  const found = severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) => plural(counts[severity], severity))
  return `${found.length === 0 ? 'nothing found' : found.join(', ')} in ${plural(migrations, 'migration')}`
}

const plural = (count: number, noun: Severity | 'migration'): string =>
  `${count} ${noun}${count === 1 || noun === 'info' ? '' : 's'}`

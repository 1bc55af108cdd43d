import { createHash } from 'node:crypto'
import type { Finding } from '../../core/lint/finding.ts'
import type { RuleInfo } from '../../core/lint/rule.ts'
import type { Severity } from '../../core/severity.ts'

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' }

/** A log of one run as SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/; files are relative to the working directory. */
export function sarifLog(findings: readonly Finding[], rules: readonly RuleInfo[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'dbsvc', version, rules: rules.map(descriptorOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, rules)),
      },
    ],
  }
}

function descriptorOf({ id, severity, summary, why, mend }: RuleInfo): object {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: why },
    help: { text: mend },
    defaultConfiguration: { level: levels[severity] },
  }
}

function resultOf(finding: Finding, rules: readonly RuleInfo[]): object {
  const { rule, severity, message, mend, file, line, column, sql, migration } = finding
  const region = {
    // A result without a line is shown on none: the file as a whole stands at its first.
    startLine: line ?? 1,
    ...(column === null ? {} : { startColumn: column }),
    ...(sql === null ? {} : { snippet: { text: sql } }),
  }
  const uri = file.split('/').map(encodeURIComponent).join('/')
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: levels[severity],
    message: { text: `${message}\n${mend}` },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region } }],
    // The same finding stays the same alert when lines are added above it.
    partialFingerprints: { 'dbsvc/v1': digestOf([rule, migration, message, sql ?? '']) },
  }
}

const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)

import type { Finding } from '../../core/lint/finding.ts'
import type { Severity } from '../../core/severity.ts'

const commands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' }

/**
 * Workflow commands, which GitHub Actions turns into annotations on the lines of a pull request.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubLines(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, file, line, column, rule, message, mend }) => {
    const properties = { file, line, col: column, title: `dbsvc lint: ${rule}` }
    const list = Object.entries(properties)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    return `::${commands[severity]} ${list.join(',')}::${escapeData(`${message}\n${mend}`)}`
  })
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

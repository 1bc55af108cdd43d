import { execa } from 'execa'
import { report, skip } from '../support/problems.ts'
import { root } from '../support/repository.ts'

interface Audit {
  readonly error?: { readonly summary?: string }
  readonly message?: string
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly severity: string; readonly range: string; readonly via: readonly unknown[] }>
  >
}

const { stdout } = await execa('npm', ['audit', '--omit=dev', '--json'], { cwd: root, reject: false })
const { vulnerabilities, message, error } = JSON.parse(stdout || '{}') as Audit
// A mirror of the registry may have packages and no advisories.
if (vulnerabilities === undefined)
  skip(`the registry tells of no advisories: ${message ?? error?.summary ?? 'no answer'}`)
else report(Object.entries(vulnerabilities).map(([name, { severity, range }]) => `${name} ${range}: ${severity}`))

import { basename, join } from 'node:path'
import { checksumOf, type MigrationFile, versionOf } from '../../../../../src/core/migration/file.ts'
import { projectScopes } from '../../../../../src/core/migration/scope.ts'
import { lintArango } from '../../../../../src/engines/arango/lint/lint.ts'
import type { Rule } from '../../../../../src/engines/arango/lint/rule.ts'
import { unusedAllowance } from '../../../../../src/engines/arango/lint/rules/unused-allowance.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'

/** Migrations by file name, such as `tenant/0001_users.json`; an object is written with a line for each member. */
export type Migrations = Readonly<Record<string, string | object>>

/** What one rule finds, as `file:line message`. Allowances are judged too: an unused one is a finding. */
export async function findings(rule: Rule, migrations: Migrations): Promise<string[]> {
  const found: string[] = []
  const folder = await temporaryFolder()
  for (const scope of projectScopes) {
    const files: MigrationFile[] = []
    for (const [path, content] of Object.entries(migrations).filter(([name]) => name.startsWith(`${scope}/`))) {
      const text = typeof content === 'string' ? content : written(content)
      await folder.write(path, text)
      const file = basename(path)
      const [name = ''] = file.split('.')
      files.push({
        scope,
        name,
        version: versionOf(file) ?? '',
        path: join(folder.path, path),
        checksum: checksumOf(text),
      })
    }
    for (const { file, line, message } of await lintArango(files, scope, [rule, unusedAllowance])) {
      found.push(`${scope}/${basename(file)}${line === null ? '' : `:${line}`} ${message}`)
    }
  }
  return found
}

function written(content: object): string {
  const members = Object.entries(content).map(([name, value]) => {
    const lines = Array.isArray(value)
      ? `[\n${value.map((one) => JSON.stringify(one)).join(',\n')}\n]`
      : JSON.stringify(value)
    return `${JSON.stringify(name)}: ${lines}`
  })
  return `{\n${members.join(',\n')}\n}\n`
}

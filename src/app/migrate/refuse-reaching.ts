import type { Config } from '../../config/schema.ts'
import { ledgerEngine } from '../../core/engine.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { MigrationFile } from '../../core/migration/file.ts'
import type { PendingWork } from './pending.ts'

const rules: ReadonlySet<string> = new Set(['qualified-name', 'role-change'])
// Another company's schema, what is behind the views of time series, another role. Only files that look like it are parsed.
const reach = /\b(?:tenant|private)_\w+"?\s*\.|\b(?:role|authorization)\b/i

/**
 * Refuses new files of companies that name a company's own schema, or become another role: run for every company, they would bring one's rows to all
 * others, and dbsvc_owner may. A file that says why it has to passes, and so does one that some companies have already.
 * @throws DBS-1509
 */
export async function refuseReaching(
  { fleet: { driver, folders, groups } }: PendingWork,
  compiled: readonly MigrationFile[],
  config: Config,
): Promise<void> {
  if (driver.engine !== ledgerEngine) return
  const known = Math.max(0, ...groups.map(({ scope, applied }) => (scope === 'tenant' ? applied : 0)))
  const fresh = new Set(folders.tenant.slice(known).map(({ path }) => path))
  const suspects = compiled.filter((file) => fresh.has(file.path) && reach.test(driver.describe(file).sql ?? ''))
  if (suspects.length === 0) return
  const { postgresLinter } = await import('../../engines/postgres/lint/linter.ts')
  const found = (await postgresLinter.lint(folders.tenant, 'tenant', rules, config)).filter(
    ({ file, direction, sql }) =>
      direction === 'up' && suspects.some(({ path }) => path === file) && reach.test(sql ?? ''),
  )
  if (found.length > 0) throw DbsvcError.of('DBS-1509', { places: found.map(placeOf) })
}

const placeOf = ({
  file,
  line,
  rule,
  message,
}: {
  file: string
  line: number | null
  rule: string
  message: string
}) => ({
  file,
  line,
  rule,
  message,
})

import { relative, resolve } from 'node:path'
import { withSession } from '../../app/session.ts'
import { dumpSchema, writeDump } from '../../app/structure/dump-schema.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import type { ProjectScope } from '../../core/migration/scope.ts'
import { defineCommand, examples } from '../command.ts'
import { scopeOption } from '../migrate/scope.ts'

interface Options {
  readonly scope: ProjectScope
  readonly tenant?: string
  readonly out?: string
  readonly protections: boolean
}

export const command = defineCommand<[], Options>(
  (dump) => {
    dump
      .addOption(scopeOption('whose structure').makeOptionMandatory())
      .option('--tenant <company>', 'a company as it is (default: what the migrations make)', parseCompanyId)
      .option('-o, --out <file>', 'write it there (default: stdout)')
      .option('--protections', 'with owners, grants and row security, which dbsvc adds by itself', false)
    examples(dump, [
      'dbsvc schema dump --scope tenant --out schema/tenant.sql',
      'dbsvc schema dump --scope tenant --tenant company_abc',
      'dbsvc schema dump --scope shared --protections',
    ])
  },
  async (context, _args, { scope, out, tenant, protections }) => {
    if (scope === 'shared' && tenant !== undefined) {
      throw DbsvcError.of('DBS-1903', { reason: '--tenant goes with --scope tenant only' })
    }
    const loaded = await context.loadConfig()
    return withSession(loaded, 'schema dump', async (session) => {
      context.output.note(`reading the ${scope} structure from ${session.place}`)
      const sql = await dumpSchema(session, { scope, protections, ...(tenant === undefined ? {} : { tenant }) })
      const file = out === undefined ? null : resolve(context.cwd, out)
      if (file !== null) await writeDump(file, sql)
      const document = { place: session.place, scope, tenant: tenant ?? null, protections, file, sql }
      context.output.result('schema.dump/1', document, () =>
        file === null ? [sql.trimEnd()] : [`written ${relative(context.cwd, file)}`],
      )
      return undefined
    })
  },
)

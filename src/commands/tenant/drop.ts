import { resolve } from 'node:path'
import { dropConfirmed } from '../../app/company/drop.ts'
import { withSession } from '../../app/session.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'

interface Options {
  readonly confirm?: string
  /** False after --no-export. */
  readonly export?: string | false
}

export const command = defineCommand<[company: string], Options>(
  (drop) => {
    drop
      .argument('<company>', 'company id')
      .option('--confirm <company>', "the company's id again: its data is destroyed")
      .option('--export <folder>', 'where its data is written before it is destroyed (default: exports)')
      .option('--no-export', 'destroy its data without writing it anywhere')
    examples(drop, [
      'dbsvc tenant drop company_abc --confirm company_abc',
      'dbsvc tenant drop company_abc --confirm company_abc --export /backup/companies',
      'dbsvc tenant drop company_abc --confirm company_abc --no-export',
    ])
  },
  async (context, [id], { confirm, export: exportTo = 'exports' }) => {
    const company = parseCompanyId(id)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant drop', async (session) => {
      context.output.note(`dropping ${company} from ${session.place}`)
      const dropped = await dropConfirmed(session, company, {
        confirm,
        exportTo: exportTo === false ? null : resolve(context.cwd, exportTo),
        now: new Date(),
      })
      context.output.result('tenant.drop/1', { place: session.place, company, ...dropped }, () => [
        `${company} dropped from ${dropped.engines.join(', ')}: ${dropped.relations} tables and views, ` +
          `${dropped.sharedRows} rows of shared tables; nothing of it is left`,
        dropped.export === null ? 'no export was taken' : `its data is in ${dropped.export}`,
      ])
      return undefined
    })
  },
)

import { dropConfirmed } from '../../app/company/drop.ts'
import { withSession } from '../../app/session.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], { readonly confirm?: string }>(
  (drop) => {
    drop
      .argument('<company>', 'company id')
      .option('--confirm <company>', "the company's id again: its data is destroyed")
    examples(drop, ['dbsvc tenant drop company_abc --confirm company_abc'])
  },
  async (context, [id], { confirm }) => {
    const company = parseCompanyId(id)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant drop', async (session) => {
      context.output.note(`dropping ${company} from ${session.place}`)
      const dropped = await dropConfirmed(session, company, confirm)
      context.output.result('tenant.drop/1', { place: session.place, company, ...dropped }, () => [
        `${company} dropped: ${dropped.relations} tables and views, ${dropped.sharedRows} rows of shared tables`,
      ])
      return undefined
    })
  },
)

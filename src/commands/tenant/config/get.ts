import { getSetting } from '../../../app/company/configuration.ts'
import { withSession } from '../../../app/session.ts'
import { defineCommand, examples } from '../../command.ts'

export const command = defineCommand<[company: string, key: string], object>(
  (get) => {
    get.argument('<company>', 'company id').argument('<key>', 'configuration key')
    examples(get, ['dbsvc tenant config get company_abc risk.max_drawdown'])
  },
  async (context, [company, key]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant config get', async (session) => {
      const row = await getSetting(session, company, key)
      context.output.result('tenant.config.get/1', { company, ...row }, () => [row.json])
      return undefined
    })
  },
)

import { unsetSetting } from '../../../app/company/configuration.ts'
import { withSession } from '../../../app/session.ts'
import { defineCommand, examples } from '../../command.ts'

export const command = defineCommand<[company: string, key: string], object>(
  (unset) => {
    unset.argument('<company>', 'company id').argument('<key>', 'configuration key')
    examples(unset, ['dbsvc tenant config unset company_abc risk.max_drawdown'])
  },
  async (context, [company, key]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant config unset', async (session) => {
      context.output.note(`on ${session.place}`)
      await unsetSetting(session, company, key)
      context.output.result('tenant.config.unset/1', { company, key }, () => [`${key} removed from ${company}`])
      return undefined
    })
  },
)

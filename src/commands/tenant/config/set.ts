import { setSetting } from '../../../app/company/configuration.ts'
import { withSession } from '../../../app/session.ts'
import { defineCommand, examples } from '../../command.ts'

export const command = defineCommand<[company: string, key: string, value: string], object>(
  (set) => {
    set
      .argument('<company>', 'company id')
      .argument('<key>', 'configuration key')
      .argument('<json>', 'value as JSON; text needs its own quotes: \'"eu"\'')
    examples(set, [
      'dbsvc tenant config set company_abc risk.max_drawdown 0.15',
      `dbsvc tenant config set company_abc pairs '["EURUSD", "XAUUSD"]'`,
    ])
  },
  async (context, [company, key, json]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant config set', async (session) => {
      context.output.note(`on ${session.place}`)
      await setSetting(session, company, key, json)
      context.output.result('tenant.config.set/1', { company, key, value: JSON.parse(json) }, () => [
        `${key} set for ${company}`,
      ])
      return undefined
    })
  },
)

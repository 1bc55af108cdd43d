import { listSettings, settingHistory } from '../../../app/company/configuration.ts'
import { withSession } from '../../../app/session.ts'
import { table } from '../../../output/table.ts'
import { defineCommand, examples } from '../../command.ts'

export const command = defineCommand<[company: string], { readonly history?: string }>(
  (list) => {
    list.argument('<company>', 'company id').option('--history <key>', 'what this key was set to, newest first')
    examples(list, [
      'dbsvc tenant config list company_abc',
      'dbsvc tenant config list company_abc --history risk.max_drawdown',
    ])
  },
  async (context, [company], { history: key }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant config list', async (session) => {
      if (key === undefined) {
        const settings = await listSettings(session, company)
        context.output.result('tenant.config.list/1', { company, settings }, () =>
          table(
            ['key', 'value', 'updated'],
            settings.map((row) => [row.key, row.json, row.updatedAt.toISOString()]),
          ),
        )
        return undefined
      }
      const changes = await settingHistory(session, company, key)
      context.output.result('tenant.config.history/1', { company, key, changes }, () =>
        table(
          ['changed', 'by', 'value'],
          changes.map((row) => [
            row.changedAt.toISOString(),
            row.changedBy,
            row.removed ? '(removed)' : JSON.stringify(row.value),
          ]),
        ),
      )
      return undefined
    })
  },
)

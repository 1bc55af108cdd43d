import { showCompany } from '../../app/company/show.ts'
import { withSession } from '../../app/session.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], object>(
  (show) => {
    show.argument('<company>', 'company id')
    examples(show, ['dbsvc tenant show company_abc', 'dbsvc tenant show company_abc --json'])
  },
  async (context, [id]) => {
    const company = parseCompanyId(id)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant show', async (session) => {
      const view = await showCompany(session, company)
      const { postgres, events } = view
      context.output.result('tenant.show/1', view, () => [
        `company      ${view.company}`,
        `name         ${view.name}`,
        `tier         ${view.tier}`,
        `state        ${view.state}`,
        `labels       ${pairs(view.labels)}`,
        `limits       ${pairs(view.limits)}`,
        `login role   ${view.loginRole ?? '-'}`,
        `postgres     ${postgres.cluster} schema ${postgres.schema}`,
        `version      ${postgres.version ?? '-'} (${postgres.migrations} migrations)`,
        `size         ${postgres.sizeBytes} bytes in ${postgres.tables} tables`,
        `connections  ${postgres.connections} of its own role`,
        ...events.map((event) => `event        ${event.at.toISOString()} ${event.event} by ${event.actor}`),
      ])
      return undefined
    })
  },
)

function pairs(values: object): string {
  const text = Object.entries(values).map(([key, value]) => `${key}=${value}`)
  return text.length === 0 ? '-' : text.join(' ')
}

import { showCompany } from '../../app/company/show.ts'
import { withSession } from '../../app/session.ts'
import type { StorePlace } from '../../app/stores/describe-places.ts'
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
        ...view.stores.flatMap(placeLines),
        ...events.map((event) => `event        ${event.at.toISOString()} ${event.event} by ${event.actor}`),
      ])
      return undefined
    })
  },
)

function placeLines({ engine, state, reason, version, migrations, facts, unreachable }: StorePlace): string[] {
  const name = engine.padEnd(12)
  const lines = [`${name} ${facts?.place ?? '-'}, ${state}${reason === null ? '' : `: ${reason}`}`]
  if (migrations > 0) lines.push(`  version    ${version ?? '-'} (${migrations} migrations)`)
  if (unreachable !== null) return [...lines, `  unknown    ${unreachable}`]
  if (facts === null) return lines
  const items = facts.items === null ? '' : `${facts.items} ${facts.itemKind}`
  const size = facts.sizeBytes === null ? '' : `${facts.sizeBytes} bytes`
  const connections = facts.connections === null ? '' : `${facts.connections} connections`
  const activity = facts.lastActivityAt === null ? '' : `last active ${facts.lastActivityAt}`
  return [
    ...lines,
    `  has        ${[items, size, connections, activity].filter((part) => part !== '').join(', ') || '-'}`,
  ]
}

function pairs(values: object): string {
  const text = Object.entries(values).map(([key, value]) => `${key}=${value}`)
  return text.length === 0 ? '-' : text.join(' ')
}

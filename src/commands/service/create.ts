import { createService } from '../../app/service/create.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

interface Options {
  readonly company?: readonly string[]
}

export const command = defineCommand<[string], Options>(
  (create) => {
    create
      .argument('<service>', 'such as trading-engine')
      .option('--company <company...>', 'only these companies (default: every company)')
    examples(create, ['dbsvc service create trading-engine', 'dbsvc service create reports --company company_abc'])
  },
  async (context, [service], { company }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service create', async (session) => {
      const { key, keyId } = await createService(session, { service, companies: company ?? null })
      context.output.result('service.create/1', { service, keyId, key }, () => [
        `service ${service} has key ${keyId}; it is shown this once:`,
        key,
      ])
      return undefined
    })
  },
)

import { Option } from 'commander'
import { withSession } from '../../app/session.ts'
import { listCompanies } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import { table } from '../../output/table.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], { readonly state?: string; readonly tier?: string }>(
  (list) => {
    list
      .addOption(
        new Option('--state <state>', 'only these').choices(['provisioning', 'active', 'suspended', 'dropping']),
      )
      .addOption(new Option('--tier <tier>', 'only these').choices(['free', 'pro', 'enterprise']))
    examples(list, ['dbsvc tenant list', 'dbsvc tenant list --state suspended --json'])
  },
  async (context, _args, filter) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant list', async ({ client, place }) => {
      await requireControl(client, place)
      const companies = await listCompanies(client, filter)
      context.output.result('tenant.list/1', { place, companies }, () =>
        table(
          ['company', 'name', 'tier', 'state', 'version', 'created'],
          companies.map(({ company, name, tier, state, version, createdAt }) => [
            company,
            name,
            tier,
            state,
            version ?? '-',
            createdAt.toISOString().slice(0, 10),
          ]),
        ),
      )
      return undefined
    })
  },
)

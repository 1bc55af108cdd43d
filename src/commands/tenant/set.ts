import { Option } from 'commander'
import { parseChange } from '../../app/company/parse-change.ts'
import { setCompany } from '../../app/company/set.ts'
import { withSession } from '../../app/session.ts'
import { canonical } from '../../core/company/canonical.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'
import { keyValue } from '../parse.ts'

interface Options {
  readonly name?: string
  readonly tier?: string
  readonly label?: Readonly<Record<string, string>>
  readonly limit?: Readonly<Record<string, string>>
}

export const command = defineCommand<[company: string], Options>(
  (set) => {
    set
      .argument('<company>', 'company id')
      .option('--name <text>', 'name for people')
      .addOption(new Option('--tier <tier>', 'subscription tier').choices(['free', 'pro', 'enterprise']))
      .option('--label <key=value>', 'a label; without a value it is removed; repeatable', keyValue)
      .option('--limit <key=value>', "an exception from the tier's limits; without a value it is removed", keyValue)
    examples(set, [
      'dbsvc tenant set company_abc --tier pro',
      'dbsvc tenant set company_abc --name "ABC, Ltd" --label ring=canary --label region=',
      'dbsvc tenant set company_abc --limit statementTimeoutMs=30000 --limit workMemKb=',
    ])
  },
  async (context, [id], { name, tier, label, limit }) => {
    const company = parseCompanyId(id)
    const change = parseChange({ name, tier, labels: label, limits: limit })
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant set', async (session) => {
      context.output.note(`on ${session.place}`)
      const changed = await setCompany(session, company, change)
      const lines = Object.entries(changed).map(
        ([parameter, { was, now }]) => `${company} ${parameter}: ${canonical(now)}, was ${canonical(was)}`,
      )
      context.output.result('tenant.set/1', { place: session.place, company, changed }, () =>
        lines.length === 0 ? [`${company} is so already`] : lines,
      )
      return undefined
    })
  },
)

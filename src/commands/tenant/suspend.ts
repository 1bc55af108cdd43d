import { setCompanyState } from '../../app/company/change-state.ts'
import { withSession } from '../../app/session.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], object>(
  (suspend) => {
    suspend.argument('<company>', 'company id')
    examples(suspend, ['dbsvc tenant suspend company_abc'])
  },
  async (context, [id]) => {
    const company = parseCompanyId(id)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant suspend', async (session) => {
      context.output.note(`on ${session.place}`)
      const change = await setCompanyState(session, company, 'suspended')
      context.output.result('tenant.suspend/1', { place: session.place, ...change }, () => [
        `${company} ${change.changed ? 'refused from now on' : 'is suspended already'}`,
      ])
      return undefined
    })
  },
)

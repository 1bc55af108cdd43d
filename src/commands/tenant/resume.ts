import { setCompanyState } from '../../app/company/change-state.ts'
import { withSession } from '../../app/session.ts'
import { parseCompanyId } from '../../core/company/id.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[company: string], object>(
  (resume) => {
    resume.argument('<company>', 'company id')
    examples(resume, ['dbsvc tenant resume company_abc'])
  },
  async (context, [id]) => {
    const company = parseCompanyId(id)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'tenant resume', async (session) => {
      context.output.note(`on ${session.place}`)
      const change = await setCompanyState(session, company, 'active')
      context.output.result('tenant.resume/1', { place: session.place, ...change }, () => [
        `${company} ${change.changed ? 'let in again' : 'is active already'}`,
      ])
      return undefined
    })
  },
)

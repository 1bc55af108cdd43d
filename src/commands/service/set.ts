import { type ChangedGrants, setService } from '../../app/service/set.ts'
import { withSession } from '../../app/session.ts'
import { describeGrants } from '../../core/service/grants.ts'
import { defineCommand, examples } from '../command.ts'
import { addGrantChangeOptions, type GrantChangeOptions, grantChangeOf } from './grant-options.ts'

export const command = defineCommand<[string], GrantChangeOptions>(
  (set) => {
    set.argument('<service>', 'such as trading-engine')
    addGrantChangeOptions(set)
    examples(set, [
      'dbsvc service set reports --company company_abc company_xyz',
      'dbsvc service set trading-engine --engine all --verb read write',
      'dbsvc service set portal --user-only',
    ])
  },
  async (context, [service], options) => {
    const change = grantChangeOf(options)
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service set', async (session) => {
      context.output.note(`on ${session.place}`)
      const { was, now } = await setService(session, service, change)
      context.output.result('service.set/1', { place: session.place, service, was, now }, () =>
        same({ was, now })
          ? [`service ${service} ${describeGrants(now)} already`]
          : [`service ${service} ${describeGrants(now)}; it ${describeGrants(was).replace('may', 'could')} before`],
      )
      return undefined
    })
  },
)

const same = ({ was, now }: ChangedGrants): boolean => JSON.stringify(was) === JSON.stringify(now)

import { revokeServiceKey } from '../../app/service/revoke.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[string], object>(
  (revoke) => {
    revoke.argument('<key>', 'its id, as `dbsvc service list` has it')
    examples(revoke, ['dbsvc service revoke 4f0c9a1b'])
  },
  async (context, [keyId]) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service revoke', async (session) => {
      const { service, revokedAt } = await revokeServiceKey(session, keyId)
      context.output.result('service.revoke/1', { service, keyId, revokedAt }, () => [
        `key ${keyId} of ${service} is revoked; routers know within seconds`,
      ])
      return undefined
    })
  },
)

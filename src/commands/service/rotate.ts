import { rotateServiceKey } from '../../app/service/rotate.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'
import { duration, futureEnd } from '../parse.ts'

interface Options {
  /** Milliseconds. */
  readonly grace: number
  readonly expires?: Date
}

export const command = defineCommand<[string], Options>(
  (rotate) => {
    rotate
      .argument('<service>', 'such as trading-engine')
      .option('--grace <duration>', 'how long the present key is still accepted (default: 24h)', duration, 86_400_000)
      .option(
        '--expires <when>',
        'end of the new key: a duration such as 90d, or a date (default: after as long as its predecessor was given)',
        futureEnd,
      )
    examples(rotate, [
      'dbsvc service rotate trading-engine',
      'dbsvc service rotate trading-engine --grace 1h --expires 90d',
    ])
  },
  async (context, [service], { grace, expires }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'service rotate', async (session) => {
      const { made, expiresAt, older } = await rotateServiceKey(session, service, {
        graceMs: grace,
        expiresAt: expires,
      })
      const { key, keyId } = made
      context.output.result('service.rotate/1', { service, keyId, key, expiresAt, older }, () => [
        `service ${service} has a new key ${keyId}; it is shown this once:`,
        key,
      ])
      if (older !== null) {
        context.output.note(`the older one, ${older.keyId}, is accepted until ${older.endsAt.toISOString()}`)
      }
      return undefined
    })
  },
)

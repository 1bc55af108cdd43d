import { retireKey } from '../../app/key/retire-key.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'
import { positiveInteger } from '../parse.ts'

interface Options {
  /** Milliseconds. */
  readonly after: number
}

export const command = defineCommand<[keyId: string], Options>(
  (retire) => {
    retire
      .argument('<key>', 'key id, as dbsvc key list shows it')
      .option(
        '--after <ms>',
        'accept it for so long still; a minute at least, the longest life of a context',
        positiveInteger,
        60_000,
      )
    examples(retire, ['dbsvc key retire 5f1c0a9be2d4', 'dbsvc key retire 5f1c0a9be2d4 --after 600000'])
  },
  async (context, [key], { after }) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'key retire', async (session) => {
      context.output.note(`retiring a context key of ${session.place}`)
      const { keyId, retiresAt } = await retireKey(session, key, after)
      context.output.result('key.retire/1', { place: session.place, keyId, retiresAt }, () => [
        `context key ${keyId} is accepted until ${retiresAt.toISOString()}`,
      ])
      return undefined
    })
  },
)

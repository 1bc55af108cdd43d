import { rotateKey } from '../../app/key/rotate-key.ts'
import { withSession } from '../../app/session.ts'
import { defineCommand, examples } from '../command.ts'

export const command = defineCommand<[], object>(
  (rotate) => {
    examples(rotate, ['dbsvc key rotate', 'dbsvc key rotate --json'])
  },
  async (context) => {
    const loaded = await context.loadConfig()
    return withSession(loaded, 'key rotate', async (session) => {
      context.output.note(`rotating the context key of ${session.place}`)
      const { keyId, previous } = await rotateKey(session)
      context.output.result('key.rotate/1', { place: session.place, keyId, previous }, () => [
        `context key ${keyId} signs from now on`,
      ])
      if (previous !== null) context.output.note(`${previous} is still accepted, until: dbsvc key retire ${previous}`)
      return undefined
    })
  },
)

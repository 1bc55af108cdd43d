import { z } from 'zod'
import { notImplemented } from '../errors.ts'
import { ok, type Route, route } from '../router.ts'
import { levelOf } from '../user.ts'
import { ownOrAdministered } from './users.ts'

const grant = z.object({ grant: z.enum(['rw', 'ro', 'none']) })
const ofDatabase = '/_api/user/:user/database/:name'

export const permissions: readonly Route[] = [
  route('GET', '/_api/user/:user/database', 'known', (call) => {
    const user = ownOrAdministered(call)
    if (call.flag('full', false)) notImplemented('the access levels of collections')
    const visible = [...call.server.databases.keys()].map((name) => [name, levelOf(user, name)] as const)
    const wildcard = user.grants.get('*')
    return ok({
      result: Object.fromEntries([
        ...visible.filter(([, level]) => level !== 'none'),
        ...(wildcard === undefined ? [] : [['*', wildcard] as const]),
      ]),
    })
  }),
  route('GET', ofDatabase, 'known', (call) => ok({ result: levelOf(ownOrAdministered(call), call.param('name')) })),
  route('PUT', ofDatabase, 'administrate', ({ server, param, body }) => {
    const { grant: level } = body(grant)
    server.user(param('user')).grants.set(param('name'), level)
    return ok({ [param('name')]: level })
  }),
  route('DELETE', ofDatabase, 'administrate', ({ server, param }) => {
    server.user(param('user')).grants.delete(param('name'))
    return ok({}, 202)
  }),
]

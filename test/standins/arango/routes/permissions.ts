import { z } from 'zod'
import { notImplemented } from '../errors.ts'
import { ok, type Route, route } from '../router.ts'
import { collectionLevelOf, grantCollection, levelOf } from '../user.ts'
import { ownOrAdministered } from './users.ts'

const grant = z.object({ grant: z.enum(['rw', 'ro', 'none']) })
const ofDatabase = '/_api/user/:user/database/:name'
const ofCollection = `${ofDatabase}/:collection`

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
    const user = server.user(param('user'))
    user.grants.delete(param('name'))
    user.collections.delete(param('name'))
    return ok({}, 202)
  }),
  route('GET', ofCollection, 'known', (call) =>
    ok({ result: collectionLevelOf(ownOrAdministered(call), call.param('name'), call.param('collection')) }),
  ),
  route('PUT', ofCollection, 'administrate', ({ server, param, body }) => {
    const { grant: level } = body(grant)
    grantCollection(server.user(param('user')), param('name'), param('collection'), level)
    return ok({ [`${param('name')}/${param('collection')}`]: level })
  }),
]

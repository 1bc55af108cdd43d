import { z } from 'zod'
import type { Arango } from '../arango.ts'
import { fail } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { isAdministrator, type User } from '../user.ts'

const details = z.object({
  passwd: z.string().optional(),
  active: z.boolean().optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
})

/** A user's details together with what names it. */
export function userShape<Shape extends z.ZodObject>(named: Shape): z.ZodObject<Shape['shape'] & typeof details.shape> {
  return named.extend(details.shape)
}

const created = userShape(z.object({ user: z.string() }))

export const users: readonly Route[] = [
  route('POST', '/_api/user', 'administrate', ({ server, body }) => {
    const { user: name, ...rest } = body(created)
    if (name === '') fail(1700, 'invalid user name')
    if (server.users.has(name)) fail(1702, `user '${name}' already exists`)
    return ok(describe(addUser(server, name, rest)), 201)
  }),
  route('GET', '/_api/user', 'known', ({ server, user }) =>
    ok({ result: (isAdministrator(user) ? [...server.users.values()] : [user]).map(describe) }),
  ),
  route('GET', '/_api/user/:user', 'known', (call) => ok(describe(ownOrAdministered(call)))),
  route('PUT', '/_api/user/:user', 'known', (call) => {
    const user = ownOrAdministered(call)
    const { passwd = '', active = true, extra = {} } = call.body(details)
    Object.assign(user, { password: passwd, active, extra })
    user.grants.clear()
    user.collections.clear()
    return ok(describe(user))
  }),
  route('PATCH', '/_api/user/:user', 'known', (call) => {
    const user = ownOrAdministered(call)
    const { passwd = user.password, active = user.active, extra = user.extra } = call.body(details)
    Object.assign(user, { password: passwd, active, extra })
    return ok(describe(user))
  }),
  route('DELETE', '/_api/user/:user', 'administrate', ({ server, param }) => {
    const { name } = server.user(param('user'))
    if (name === 'root') fail(11, 'the user root may not be removed')
    server.users.delete(name)
    return ok({}, 202)
  }),
]

export function addUser(
  server: Arango,
  name: string,
  { passwd = '', active = true, extra = {} }: z.infer<typeof details>,
): User {
  const user: User = { name, password: passwd, active, extra, grants: new Map(), collections: new Map() }
  server.users.set(name, user)
  return user
}

/** The user that the path names. Throws 11 when it is somebody else's business, 1703 where there is none. */
export function ownOrAdministered({ server, user, param }: Call): User {
  const name = param('user')
  if (name !== user.name && !isAdministrator(user)) fail(11, 'only users with rw on _system may do this')
  return server.user(name)
}

function describe({ name, active, extra }: User): JsonObject {
  return { user: name, active, extra: extra as JsonObject }
}

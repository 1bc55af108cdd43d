import { z } from 'zod'
import { fail } from '../errors.ts'
import { type Call, ok, type Route, route } from '../router.ts'
import { grantCollection, levelOf } from '../user.ts'
import { addUser, userShape } from './users.ts'

const shape = z.object({
  name: z.string(),
  options: z.looseObject({}).optional(),
  users: z.array(userShape(z.object({ username: z.string().min(1) }))).nullish(),
})

const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

export const databases: readonly Route[] = [
  route('POST', '/_api/database', 'administrate', create),
  route('GET', '/_api/database', 'administrate', (call) => {
    inSystemDatabase(call)
    return ok({ result: [...call.server.databases.keys()].sort() })
  }),
  route('GET', '/_api/database/user', 'known', ({ server, user }) =>
    ok({ result: [...server.databases.keys()].filter((name) => levelOf(user, name) !== 'none').sort() }),
  ),
  route('GET', '/_api/database/current', 'read', ({ database: { name, id } }) =>
    ok({ result: { name, id, path: 'none', isSystem: name === '_system' } }),
  ),
  route('DELETE', '/_api/database/:name', 'administrate', drop),
]

function create(call: Call): ReturnType<typeof ok> {
  inSystemDatabase(call)
  const { server, body } = call
  const { name, users } = body(shape)
  if (!namePattern.test(name)) fail(1229, `database name invalid: '${name}'`)
  if (server.databases.has(name)) fail(1207, `duplicate database name '${name}'`)
  server.createDatabase(name)
  for (const { username, ...rest } of users ?? []) {
    const user = server.users.get(username) ?? addUser(server, username, rest)
    user.grants.set(name, 'rw')
    grantCollection(user, name, '*', 'rw')
  }
  return ok({ result: true }, 201)
}

function drop(call: Call): ReturnType<typeof ok> {
  inSystemDatabase(call)
  const { server, param } = call
  const name = param('name')
  const database = server.database(name)
  if (name === '_system') fail(11, 'the system database may not be dropped')
  for (const transaction of database.running()) transaction.abort()
  for (const { expiry } of database.cursors.values()) clearTimeout(expiry)
  server.databases.delete(name)
  for (const { grants, collections } of server.users.values()) {
    grants.delete(name)
    collections.delete(name)
  }
  return ok({ result: true })
}

function inSystemDatabase({ database }: Call): void {
  if (database.name !== '_system') fail(1230)
}

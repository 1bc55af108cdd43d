import { z } from 'zod'
import type { ArangoServer } from '../connection/server.ts'
import { companyOf } from '../names.ts'
import type { Companies } from './companies.ts'
import { listUsers } from './user.ts'

/** Every company of which there is a database, a user or a note in the register, in alphabetical order. */
export async function listCompanies({ server, register }: Companies): Promise<string[]> {
  const [databases, users, registered] = await Promise.all([
    listDatabases(server),
    listUsers(server.system),
    register.list(),
  ])
  const named = [...databases, ...users.map(({ user }) => user)].flatMap((name) => companyOf(name) ?? [])
  return [...new Set([...named, ...registered])].sort()
}

export async function listDatabases(server: ArangoServer): Promise<string[]> {
  const { result } = await server.system.send({ path: '/_api/database' }, z.object({ result: z.array(z.string()) }))
  return result
}

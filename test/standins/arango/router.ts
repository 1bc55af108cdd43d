import type { z } from 'zod'
import type { Arango } from './arango.ts'
import { levelFor, userOf } from './auth.ts'
import type { Database } from './database.ts'
import { fail, notImplemented } from './errors.ts'
import type { Incoming, Reply } from './http.ts'
import type { Json, JsonObject } from './json.ts'
import { Session } from './session.ts'
import { transactionOf } from './stream-transactions.ts'
import { isAdministrator, type User } from './user.ts'

/**
 * What a route asks of the user: nothing; to be known; to read or to write in the database of the request; to manage the
 * server.
 */
export type Access = 'open' | 'known' | 'read' | 'write' | 'administrate'

export interface Call {
  readonly server: Arango
  readonly incoming: Incoming
  readonly database: Database
  /** The one who asks; on open routes a user without rights. */
  readonly user: User
  readonly session: Session
  /** A part of the path, by the name that the route's pattern gives it. */
  param(name: string): string
  /** A parameter of the query string; undefined when it is absent. */
  query(name: string): string | undefined
  flag(name: string, otherwise: boolean): boolean
  /** The body in a documented shape; throws `errorNum`, usually 10, when it has another. */
  body<Shape extends z.ZodType>(shape: Shape, errorNum?: number): z.infer<Shape>
}

export type Handler = (call: Call) => Reply | Promise<Reply>

export interface Route {
  readonly method: string
  /** As in `/_api/document/:collection/:key`. */
  readonly pattern: readonly string[]
  readonly access: Access
  readonly handler: Handler
}

export function route(method: string, pattern: string, access: Access, handler: Handler): Route {
  return { method, pattern: pattern.split('/').slice(1), access, handler }
}

export function ok(body: JsonObject, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, body: { ...body, error: false, code: status }, headers }
}

const nobody: User = { name: '', password: '', active: false, extra: {}, grants: new Map(), collections: new Map() }

export async function dispatch(server: Arango, routes: readonly Route[], incoming: Incoming): Promise<Reply> {
  const { databaseName, path } = split(incoming.url.pathname)
  const found = routes.find((candidate) => candidate.method === incoming.method && matches(candidate.pattern, path))
  const user = found?.access === 'open' ? nobody : userOf(server, incoming)
  const database = server.database(databaseName)
  if (found === undefined) notImplemented(`${incoming.method} /${path.join('/')}`)
  allow(found.access, user, database)
  const transaction = transactionOf(database, user, incoming.headers['x-arango-trx-id'])
  const session = new Session(database, user, levelFor(user, database), transaction)
  return found.handler({ server, incoming, database, user, session, ...readers(incoming, found, path) })
}

function allow(access: Access, user: User, database: Database): void {
  if (access === 'open' || access === 'known') return
  if (levelFor(user, database) === 'none') fail(11, 'not authorized to execute this request', { status: 401 })
  if (access === 'write' && levelFor(user, database) !== 'rw') fail(11, `insufficient access to ${database.name}`)
  if (access === 'administrate' && !isAdministrator(user)) fail(11, 'only users with rw on _system may do this')
}

function readers(
  { url, body }: Incoming,
  { pattern }: Route,
  path: readonly string[],
): Pick<Call, 'param' | 'query' | 'flag' | 'body'> {
  const query = (name: string): string | undefined => {
    const value = url.searchParams.get(name) ?? undefined
    // arangojs sends options that are not given as the word.
    return value === 'undefined' ? undefined : value
  }
  return {
    query,
    param: (name) => path[pattern.indexOf(`:${name}`)] ?? '',
    flag(name, otherwise) {
      const value = query(name)
      return value === undefined ? otherwise : !['false', '0', 'no'].includes(value)
    },
    body: (shape, errorNum) => parseBody(shape, body, errorNum),
  }
}

function parseBody<Shape extends z.ZodType>(shape: Shape, body: Json | undefined, errorNum = 10): z.infer<Shape> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`)
  fail(errorNum, problems.join('; '))
}

export const databaseNameIn = (url: URL): string => split(url.pathname).databaseName

function split(pathname: string): { databaseName: string; path: string[] } {
  const segments = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent)
  const [first, name = ''] = segments
  if (first !== '_db') return { databaseName: '_system', path: segments }
  return { databaseName: name, path: segments.slice(2) }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => segment.startsWith(':') || segment === path[index])
  )
}

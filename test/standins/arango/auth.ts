import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Arango } from './arango.ts'
import type { Database } from './database.ts'
import { fail } from './errors.ts'
import type { Incoming } from './http.ts'
import { type AccessLevel, levelOf, type User } from './user.ts'

const tokenSeconds = 3600

/** The user that a request is from. Throws 11 with status 401 when it is from none. */
export function userOf(server: Arango, { headers }: Incoming): User {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() === 'basic') {
    const [, name = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(credentials, 'base64').toString()) ?? []
    const user = check(server, name, password)
    if (user !== null) return user
  }
  if (scheme.toLowerCase() === 'bearer') {
    // Whether the user is still active is only asked of who comes with a password.
    const user = server.users.get(nameIn(server, credentials) ?? '')
    if (user !== undefined) return user
  }
  fail(11, 'not authorized to execute this request', { status: 401 })
}

/** A token as `POST /_open/auth` gives it. Throws 401 for a wrong name or password. */
export function logIn(server: Arango, name: string, password: string): string {
  if (check(server, name, password) === null) fail(401, 'Wrong credentials')
  return tokenFor(server, name)
}

export function tokenFor(server: Arango, name: string): string {
  const now = Math.floor(Date.now() / 1000)
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  const claims = encode({ preferred_username: name, iss: 'arangodb', iat: now, exp: now + tokenSeconds })
  return `${header}.${claims}.${sign(server, `${header}.${claims}`)}`
}

export function levelFor(user: User, database: Database): AccessLevel {
  return levelOf(user, database.name)
}

function check(server: Arango, name: string, password: string): User | null {
  const user = server.users.get(name)
  return user?.active && user.password === password ? user : null
}

function nameIn(server: Arango, token: string): string | null {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const expected = Buffer.from(sign(server, `${header}.${claims}`))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
  const { preferred_username: name, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    preferred_username: string
    exp: number
  }
  return exp * 1000 > Date.now() ? name : null
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function sign({ tokenSecret }: Arango, text: string): string {
  return createHmac('sha256', tokenSecret).update(text).digest('base64url')
}

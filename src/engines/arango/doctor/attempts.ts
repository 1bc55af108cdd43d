import type { ArangoRequest } from '../connection/database.ts'
import { apiPath, sharedDatabase, systemDatabase } from '../names.ts'

/** Something that the intruder's user must not be able to do. */
export interface Attempt {
  /** In words, as what got through. */
  readonly what: string
  readonly database: string
  readonly request: ArangoRequest
  /** Of an answer that was given and tells nothing. */
  readonly isHarmless?: (body: unknown) => boolean
}

/** What the victim has left behind. */
export interface Traces {
  readonly victim: string
  readonly intruder: string
  readonly collection: string
  readonly cursor: string
  readonly transaction: string
}

/** The collection that the intruder tries to make. */
export const secondOf = (collection: string): string => `${collection}_2`

export function attemptsOf(traces: Traces): Attempt[] {
  return [...inVictim(traces), ...inOwn(traces), ...inSystem(traces)]
}

const query = (text: string): ArangoRequest => ({ method: 'POST', path: '/_api/cursor', body: { query: text } })
const get = (path: string): ArangoRequest => ({ path })

function inVictim({ victim, collection, cursor, transaction }: Traces): Attempt[] {
  const here = (what: string, request: ArangoRequest): Attempt => ({
    what: `${what} in ${victim}`,
    database: victim,
    request,
  })
  const document = apiPath`/_api/document/${collection}/secret`
  return [
    here('listed collections', get('/_api/collection')),
    here('read a document', get(document)),
    here('read by AQL', query(`FOR d IN \`${collection}\` RETURN d`)),
    here('read by AQL with DOCUMENT()', query(`RETURN DOCUMENT("${collection}/secret")`)),
    here('wrote by AQL', query(`INSERT {} INTO \`${collection}\``)),
    here('changed a document', { method: 'PATCH', path: document, body: { changed: true } }),
    here('removed a document', { method: 'DELETE', path: document }),
    here('made a collection', { method: 'POST', path: '/_api/collection', body: { name: secondOf(collection) } }),
    here("read another user's cursor", { method: 'POST', path: apiPath`/_api/cursor/${cursor}` }),
    here("ended another user's transaction", { method: 'DELETE', path: apiPath`/_api/transaction/${transaction}` }),
    here('listed graphs', get('/_api/gharial')),
    here('listed views', get('/_api/view')),
    here('listed running queries', get('/_api/query/current')),
    here('read what replication gives', get('/_api/replication/inventory')),
  ]
}

/** From the intruder's own database. */
function inOwn({ victim, intruder, collection, cursor, transaction }: Traces): Attempt[] {
  const here = (what: string, request: ArangoRequest, isHarmless?: Attempt['isHarmless']): Attempt => ({
    what: `${what} from ${intruder}`,
    database: intruder,
    request,
    ...(isHarmless === undefined ? {} : { isHarmless }),
  })
  return [
    here('read a collection of another database', query(`FOR d IN \`${collection}\` RETURN d`)),
    here('read by AQL with DOCUMENT()', query(`RETURN DOCUMENT("${collection}/secret")`), isEmptyResult),
    here('read with a qualified name', query(`RETURN DOCUMENT("${victim}/${collection}/secret")`), isEmptyResult),
    here("read another user's cursor", { method: 'POST', path: apiPath`/_api/cursor/${cursor}` }),
    here("ended another user's transaction", { method: 'DELETE', path: apiPath`/_api/transaction/${transaction}` }),
    here('saw databases of others', get('/_api/database/user'), (body) => !mentions(body, victim)),
    here('saw other users', get('/_api/user'), (body) => !mentions(body, victim)),
    here('read another user', get(apiPath`/_api/user/${victim}`)),
    here('gave itself access', {
      method: 'PUT',
      path: apiPath`/_api/user/${intruder}/database/${victim}`,
      body: { grant: 'ro' },
    }),
    ...serverReads.map((path) => here(`read ${path}`, get(path))),
  ]
}

const serverReads = ['/_admin/log/entries', '/_admin/options'] as const

function inSystem({ victim }: Traces): Attempt[] {
  const here = (what: string, request: ArangoRequest, database = systemDatabase): Attempt => ({
    what: `${what} in ${database}`,
    database,
    request,
  })
  return [
    here('listed all databases', get('/_api/database')),
    here('read the users with their password hashes', query('FOR u IN _users RETURN u')),
    here('listed collections', get('/_api/collection')),
    here('listed collections', get('/_api/collection'), sharedDatabase),
    here("changed another user's password", {
      method: 'PATCH',
      path: apiPath`/_api/user/${victim}`,
      // What it would be set to is the same, where the server lets it through.
      body: { active: true },
    }),
    ...[...serverReads, '/_api/tasks', '/_api/foxx'].map((path) => here(`read ${path}`, get(path))),
  ]
}

/** As a whole name: one company's may begin with another's. */
const mentions = (body: unknown, name: string): boolean => JSON.stringify(body).includes(JSON.stringify(name))

/** A cursor with `null` as its only row. */
function isEmptyResult(body: unknown): boolean {
  const { result } = body as { readonly result?: unknown }
  return Array.isArray(result) && result.every((row) => row === null)
}

import type { StoreTechnique } from '../runner/stores.ts'

/** An HTTP request; `V` is the victim's database. */
export interface ArangoAttempt {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: object
}

const get = (path: string): ArangoAttempt => ({ method: 'GET', path })
const aql = (query: string, bindVars: object = {}): ArangoAttempt => ({
  method: 'POST',
  path: '/_db/V/_api/cursor',
  body: { query, bindVars },
})
const common = { entry: "company's own user", refusal: /^(401|403|404) / } as const

/** The mechanism is the level of access that the user has to the victim's database: none. */
export const techniques: readonly StoreTechnique<ArangoAttempt>[] = [
  {
    ...common,
    name: 'read a database of another company',
    secret: 'documents of the victim',
    mechanism: 'ro',
    success: 'canary',
    variants: {
      'a document': get('/_db/V/_api/document/trades/a'),
      'FOR in AQL': aql('for d in trades return d'),
      'a filter in AQL': aql('for d in trades filter d._key == @key return d.note', { key: 'a' }),
      'a bound collection': aql('for d in @@c return d', { '@c': 'trades' }),
      'DOCUMENT()': aql('return document("trades/a")'),
      'DOCUMENT() of a collection': aql('return document("trades", "a")'),
      'a subquery': aql('let x = (for d in trades return d) return x'),
      'FIRST()': aql('return first((for d in trades return d))'),
      'sorted and limited': aql('for d in trades sort d.note limit 1 return d'),
    },
  },
  {
    ...common,
    name: 'look at a database of another company',
    secret: 'what the victim has',
    mechanism: 'ro',
    success: 'runs',
    variants: {
      'its collections': get('/_db/V/_api/collection'),
      'a collection': get('/_db/V/_api/collection/trades'),
      'how many documents': get('/_db/V/_api/collection/trades/count'),
      'its indexes': get('/_db/V/_api/index?collection=trades'),
      'the database': get('/_db/V/_api/database/current'),
      'its graphs': get('/_db/V/_api/gharial'),
      'LENGTH() in AQL': aql('return length(trades)'),
    },
  },
  {
    ...common,
    name: 'change a database of another company',
    secret: 'that something of the victim changes',
    mechanism: 'rw',
    success: 'runs',
    variants: {
      'a new document': { method: 'POST', path: '/_db/V/_api/document/trades', body: { note: 'planted' } },
      'a document replaced': { method: 'PUT', path: '/_db/V/_api/document/trades/a', body: { note: 'changed' } },
      'a document changed': { method: 'PATCH', path: '/_db/V/_api/document/trades/a', body: { note: 'changed' } },
      'a document deleted': { method: 'DELETE', path: '/_db/V/_api/document/trades/a' },
      'a new collection': { method: 'POST', path: '/_db/V/_api/collection', body: { name: 'planted' } },
      'a collection emptied': { method: 'PUT', path: '/_db/V/_api/collection/trades/truncate' },
      'INSERT in AQL': aql('insert { note: "planted" } into trades'),
      'UPDATE in AQL': aql('for d in trades update d with { note: "changed" } in trades'),
      'REMOVE in AQL': aql('for d in trades remove d in trades'),
    },
  },
  {
    ...common,
    name: 'list the users of the server',
    secret: 'names of other companies',
    // Of its own it is told.
    refusal: /^ok$/,
    mechanism: 'system',
    success: /"root"/,
    variants: { 'all of them': get('/_db/_system/_api/user') },
  },
  {
    ...common,
    name: 'manage the server',
    secret: 'users and databases of others',
    mechanism: 'system',
    success: 'runs',
    variants: {
      'all databases': get('/_db/_system/_api/database'),
      'a new database': { method: 'POST', path: '/_db/_system/_api/database', body: { name: 'planted' } },
      'a new user': { method: 'POST', path: '/_db/_system/_api/user', body: { user: 'planted', passwd: 'x' } },
      'own rights': { method: 'PUT', path: '/_db/_system/_api/user/U/database/V', body: { grant: 'rw' } },
      'a database dropped': { method: 'DELETE', path: '/_db/_system/_api/database/planted' },
    },
  },
]

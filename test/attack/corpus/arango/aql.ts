import type { Alteration } from '../../../support/alterations.ts'
import type { StoreTechnique } from '../runner/stores.ts'

/** What follows /v1/graph/; `V` is the victim's database. */
export interface AqlAttempt {
  readonly path: 'query' | 'traverse'
  readonly body: Readonly<Record<string, unknown>>
}

const gateway = 'server/stores/open-graph-gateway.ts'
const database = 'const database = server.database(databaseOf(company),'
const unguarded: Alteration = { file: gateway, from: 'guardAql(text, bindVars, verb)', to: '' }

/** Sends a query to the database that stands before the name of a collection in it. */
const naming: readonly Alteration[] = [
  unguarded,
  {
    file: gateway,
    from: database,
    to: `const asked = JSON.stringify([text, bindVars])
        const [named = databaseOf(company)] = /tenant_\\w+/.exec(asked) ?? []
        ;[text, bindVars] = JSON.parse(asked.replace(/([.][.][/])?tenant_\\w+[/.:]+/, ''))
        const database = server.database(named,`,
  },
]

/** Keeps the connection of whoever asked first. */
const remembering: readonly Alteration[] = [
  {
    file: gateway,
    from: "return clients.use(company, 'pool'",
    to: "company = first ??= company\n return clients.use(company, 'pool'",
  },
  { file: gateway, from: 'const clients =', to: 'let first\n  const clients =' },
]

const withoutGuard: readonly Alteration[] = [unguarded]

const aql = (query: string, bind_vars: Readonly<Record<string, unknown>> = {}): AqlAttempt => ({
  path: 'query',
  body: { query, bind_vars },
})
const each = (queries: readonly string[]): Record<string, AqlAttempt> =>
  Object.fromEntries(queries.map((query) => [query, aql(query)]))
const traversal = (more: Readonly<Record<string, unknown>>): AqlAttempt => ({
  path: 'traverse',
  body: { start_vertex: 'users/a', min_depth: 0, max_depth: 2, ...more },
})

const changed = /the victim has changed/
// Behind the database that the router asks stand the rights of the company's own user; those are opened beside it.
const named = { entry: 'router', mechanism: 'rw', alterations: naming } as const
const unnamed = { entry: 'router', mechanism: 'none', alterations: remembering, refusal: /^(ok$|DBS-2404 )/ } as const
const guarded = { entry: 'router', mechanism: 'none', alterations: withoutGuard, refusal: /^DBS-2404 / } as const

export const techniques: readonly StoreTechnique<AqlAttempt>[] = [
  {
    ...named,
    name: 'name the database of another company in AQL',
    secret: 'documents of the victim',
    refusal: /^(ok$|DBS-2404 )/,
    success: 'canary',
    variants: {
      ...each([
        'return document("V/users/a")',
        'return document("V/users", "a")',
        'return document(["V/users/a"])',
        'for u in V.users return u',
        'for u in `V/users` return u',
        'for u in ´V/users´ return u',
        'for u in V::users return u',
        'with V.users return document("users/a")',
      ]),
      'a bound collection': aql('for u in @@c return u', { '@c': 'V/users' }),
      'a bound collection with a path': aql('for u in @@c return u', { '@c': '../V/users' }),
      'a bound document': aql('return document(@id)', { id: 'V/users/a' }),
    },
  },
  {
    ...named,
    name: 'change the database of another company by its name',
    secret: 'that documents of the victim change',
    refusal: /^DBS-2404 /,
    success: changed,
    variants: {
      ...each([
        'insert { note: "planted" } into `V/users`',
        'update "a" with { note: "x" } in `V/users`',
        'remove "a" in `V/users`',
        'for u in `V/users` remove u in users',
      ]),
      'a bound collection': aql('insert { note: "planted" } into @@c', { '@c': 'V/users' }),
    },
  },
  {
    ...unnamed,
    name: 'ask as if the database were that of another',
    secret: 'documents of the victim',
    success: 'canary',
    variants: {
      ...each([
        'for u in users return u',
        'for u in users filter u._key == "a" return u.note',
        'for u in users sort u.note limit 1 return u',
        'return document("users/a")',
        'return document("users", ["a", "b"])',
        'let x = (for u in users return u) return x',
        'return first((for u in users return u))',
        'for u in users collect note = u.note return note',
        'for u in users for f in follows filter f._from == u._id return [u, f]',
        'for v in 0..2 outbound "users/a" graph "network" return v',
        'for v in 0..2 any "users/a" follows return v',
        'for v, e, p in 1..2 outbound "users/a" graph "network" return p',
        'for u in users update u with { seen: true } in users return NEW',
        'for u in users remove u in users return OLD',
      ]),
      'a bound collection': aql('for u in @@c return u', { '@c': 'users' }),
      'a bound key': aql('for u in users filter u._key == @key return u', { key: 'a' }),
      'a traversal of its graph': traversal({ graph: 'network' }),
      'a traversal of its edges': traversal({ edge_collections: ['follows'] }),
      'a traversal against its edges': traversal({ graph: 'network', start_vertex: 'users/b', direction: 'inbound' }),
      'a traversal both ways': traversal({ edge_collections: ['follows'], direction: 'any' }),
    },
  },
  {
    ...unnamed,
    name: 'count what another company has',
    secret: 'how many documents the victim has',
    success: /"results":\[3\]/,
    variants: each([
      'return length(users)',
      'return length((for u in users return 1))',
      'for u in users collect with count into n return n',
      'return count(users)',
    ]),
  },
  {
    ...unnamed,
    name: 'change what another company has, named as its own',
    secret: 'that documents of the victim change',
    success: changed,
    variants: each([
      'insert { note: "planted" } into users',
      'update "a" with { note: "x" } in users',
      'replace "a" with { note: "x" } in users',
      'upsert { _key: "a" } insert { note: "x" } update { note: "x" } in users',
      'remove "a" in users',
      'for u in users remove u in users',
      'insert { _from: "users/a", _to: "users/a" } into follows',
    ]),
  },
  {
    ...guarded,
    name: 'read what the server keeps in a database',
    secret: 'documents of the system',
    success: 'canary',
    variants: {
      ...each([
        'for u in _aqlfunctions return u',
        'for u in `_aqlfunctions` return u',
        'for u in ´_aqlfunctions´ return u',
        'let x = (for u in _aqlfunctions return u) return x',
        'return first((for u in _aqlfunctions return u))',
      ]),
      'a bound collection': aql('for u in @@c return u', { '@c': '_aqlfunctions' }),
    },
  },
  {
    ...guarded,
    name: 'define a function by its document, or call what is not for companies',
    secret: 'code in the server, and what it says of itself',
    success: 'runs',
    variants: {
      ...each([
        'insert { _key: "x", code: "function () { return 1 }" } into _aqlfunctions',
        'insert { _key: "y" } into `_aqlfunctions`',
        'upsert { _key: "z" } insert { _key: "z" } update {} in _aqlfunctions',
        'return current_user()',
        'return CURRENT_USER()',
        'return current_database()',
        'return `current_database`()',
        'return sleep(0.01)',
        'return /* x */ sleep /* x */ (0.01)',
        'for u in users return sleep(0.01)',
        'return noopt(1)',
        'return passthru(1)',
      ]),
      'a bound collection': aql('insert { _key: "v" } into @@c', { '@c': '_aqlfunctions' }),
    },
  },
]

/** What the stand-in does not know of, or what is no query at all; without the guard it would fail there all the same. */
export const uncounted: readonly StoreTechnique<AqlAttempt>[] = [
  {
    ...guarded,
    name: 'send what a server might run',
    secret: 'code in the server',
    success: 'runs',
    variants: {
      ...each([
        'for u in `\\u005fusers` return u',
        'return true ? _users : 1',
        'for u in _users return u',
        'return acme::escape()',
        'return acme :: escape()',
        'return call("SLEEP", 60)',
        'return apply("SLEEP", [60])',
        'return v8(sleep(60))',
        'return fail("x")',
        'return assert(false, "x")',
        'return warn(false, "x")',
        'return collections()',
        'return pregel_result(1)',
        'return schema_get("users")',
        'return "open',
        'return 1 /* open',
        'return 1; for u in users return u',
      ]),
      'a list for a collection': aql('for u in @@c return u', { '@c': ['users'] }),
      'a number for a collection': aql('for u in @@c return u', { '@c': 1 }),
    },
  },
  {
    ...guarded,
    name: 'put AQL into a traversal',
    secret: 'documents of the victim',
    refusal: /^DBS-2001 /,
    success: 'runs',
    variants: {
      'by its direction': traversal({ graph: 'network', direction: 'any "users/a" follows return 1 //' }),
      'by its graph': traversal({ graph: 'network" return 1 //' }),
      'by its edges': traversal({ edge_collections: ['follows return 1 //'] }),
      'by its start': traversal({ graph: 'network', start_vertex: 'V/users/a' }),
      'by a graph of the system': traversal({ graph: '_graphs' }),
      'by its depth': traversal({ graph: 'network', max_depth: '2 outbound' }),
      'by a database': traversal({ graph: 'network', database: 'V' }),
    },
  },
]

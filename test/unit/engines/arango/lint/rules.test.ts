import { expect, test } from 'vitest'
import { rules } from '../../../../../src/engines/arango/lint/rules/index.ts'
import { findings, type Migrations } from './given-migrations.ts'

const schema = { rule: { type: 'object' } }
const users = { createCollection: { name: 'users', schema } }
const edge = { createCollection: { name: 'follows', type: 'edge', schema } }
const net = {
  createGraph: { name: 'net', edgeDefinitions: [{ collection: 'follows', from: ['users'], to: ['users'] }] },
}
const owned = { rule: { properties: { company_id: {} }, required: ['company_id'] } }
const byName = { collection: 'users', name: 'by_name', type: 'persistent', fields: ['name'] }
const ofCompany = { collection: 'users', name: 'of_company', type: 'persistent', fields: ['company_id', 'name'] }
const ages = { collection: 'users', name: 'ages', type: 'ttl', fields: ['at'], expireAfter: 60 }

/** By rule: what is found, each followed by the findings, then what is not. */
const cases: readonly (readonly [rule: string, migrations: Migrations, found: readonly string[]])[] = [
  [
    'collection-without-schema',
    { 'tenant/0001_a.json': { up: [{ createCollection: { name: 'users' } }] } },
    ['tenant/0001_a.json:3 users has no schema'],
  ],
  [
    'collection-without-schema',
    { 'tenant/0001_a.json': { up: [{ createCollection: { name: 'users', schema: { ...schema, level: 'none' } } }] } },
    ['tenant/0001_a.json:3 users has a schema that holds for nothing: its level is none'],
  ],
  ['collection-without-schema', { 'tenant/0001_a.json': { up: [users] } }, []],
  [
    'collection-without-schema',
    {
      'tenant/0001_a.json': { up: [{ createCollection: { name: 'users' } }] },
      'tenant/0002_b.json': { up: [{ changeCollection: { name: 'users', schema } }] },
    },
    [],
  ],
  [
    'shared-without-company',
    { 'shared/0001_a.json': { up: [users] } },
    ['shared/0001_a.json:3 the schema of users does not require company_id'],
  ],
  [
    'shared-without-company',
    { 'shared/0001_a.json': { up: [{ createCollection: { name: 'users', schema: owned } }, { createIndex: byName }] } },
    ['shared/0001_a.json:3 no index of users begins with company_id'],
  ],
  [
    'shared-without-company',
    {
      'shared/0001_a.json': {
        up: [{ createCollection: { name: 'users', schema: owned } }, { createIndex: ofCompany }],
      },
    },
    [],
  ],
  ['shared-without-company', { 'tenant/0001_a.json': { up: [users] } }, []],
  [
    'unique-without-company',
    { 'shared/0001_a.json': { up: [users, { createIndex: { ...byName, unique: true } }] } },
    ['shared/0001_a.json:4 the unique index by_name of users begins with name'],
  ],
  [
    'unique-without-company',
    { 'shared/0001_a.json': { up: [users, { createIndex: { ...ofCompany, unique: true } }, { createIndex: byName }] } },
    [],
  ],
  [
    'unique-without-company',
    { 'tenant/0001_a.json': { up: [users, { createIndex: { ...byName, unique: true } }] } },
    [],
  ],
  [
    'edge-in-no-graph',
    { 'tenant/0001_a.json': { up: [users, edge] } },
    ['tenant/0001_a.json:4 follows is part of no graph'],
  ],
  ['edge-in-no-graph', { 'tenant/0001_a.json': { up: [users, edge] }, 'tenant/0002_b.json': { up: [net] } }, []],
  [
    'foreground-index',
    {
      'tenant/0001_a.json': { up: [users] },
      'tenant/0002_b.json': { up: [{ createIndex: { ...byName, inBackground: false } }] },
    },
    ['tenant/0002_b.json:3 by_name locks users while it is built'],
  ],
  [
    'foreground-index',
    { 'tenant/0001_a.json': { up: [users, { createIndex: { ...byName, inBackground: false } }] } },
    [],
  ],
  [
    'foreground-index',
    { 'tenant/0001_a.json': { up: [users] }, 'tenant/0002_b.json': { up: [{ createIndex: byName }] } },
    [],
  ],
  [
    'drop-collection',
    { 'tenant/0001_a.json': { up: [users] }, 'tenant/0002_b.json': { up: [{ dropCollection: { name: 'users' } }] } },
    ['tenant/0002_b.json:3 users is dropped, and a running version may use it'],
  ],
  [
    'drop-collection',
    {
      'tenant/0001_a.json': {
        up: [users, { dropCollection: { name: 'users' } }],
        down: [{ dropCollection: { name: 'users' } }],
      },
    },
    [],
  ],
  [
    'drop-in-graph',
    { 'tenant/0001_a.json': { up: [users, edge, net, { dropCollection: { name: 'follows' } }] } },
    ['tenant/0001_a.json:6 follows is part of graph net'],
  ],
  [
    'drop-in-graph',
    {
      'tenant/0001_a.json': {
        up: [users, edge, net, { dropGraph: { name: 'net' } }, { dropCollection: { name: 'follows' } }],
      },
    },
    [],
  ],
  [
    'schema-on-existing',
    {
      'tenant/0001_a.json': { up: [users] },
      'tenant/0002_b.json': { up: [{ changeCollection: { name: 'users', schema } }] },
    },
    ['tenant/0002_b.json:3 old documents of users may become unchangeable'],
  ],
  [
    'schema-on-existing',
    {
      'tenant/0001_a.json': { up: [users] },
      'tenant/0002_b.json': { up: [{ changeCollection: { name: 'users', schema: { ...schema, level: 'moderate' } } }] },
    },
    [],
  ],
  [
    'unique-on-existing',
    {
      'tenant/0001_a.json': { up: [users] },
      'tenant/0002_b.json': { up: [{ createIndex: { ...byName, unique: true } }] },
    },
    ['tenant/0002_b.json:3 by_name fails where users has a value twice'],
  ],
  ['unique-on-existing', { 'tenant/0001_a.json': { up: [users, { createIndex: { ...byName, unique: true } }] } }, []],
  [
    'ttl-on-existing',
    { 'tenant/0001_a.json': { up: [users] }, 'tenant/0002_b.json': { up: [{ createIndex: ages }] } },
    ['tenant/0002_b.json:3 ages removes what is older than 60 s from users'],
  ],
  ['ttl-on-existing', { 'tenant/0001_a.json': { up: [users, { createIndex: ages }] } }, []],
  ['irreversible', { 'tenant/0001_a.json': { up: [users] } }, ['tenant/0001_a.json 0001_a has no way down']],
  [
    'irreversible',
    { 'tenant/0001_a.ts': 'export const up = async () => {}\n' },
    ['tenant/0001_a.ts 0001_a has no way down'],
  ],
  [
    'irreversible',
    {
      'tenant/0001_a.json': { up: [users], down: [] },
      'tenant/0002_b.ts': 'export const up = async () => {}\nexport const down = up\n',
    },
    [],
  ],
  [
    'incomplete-down',
    { 'tenant/0001_a.json': { up: [users, edge], down: [{ dropCollection: { name: 'users' } }] } },
    ['tenant/0001_a.json:4 the way down has no dropCollection follows'],
  ],
  [
    'incomplete-down',
    {
      'tenant/0001_a.json': { up: [users], down: [{ dropCollection: { name: 'users' } }] },
      'tenant/0002_b.json': { up: [edge] },
    },
    [],
  ],
  [
    'malformed',
    { 'tenant/0001_a.json': { up: [{ createCollection: { name: '_users', kind: 'x' } }, { createColection: {} }] } },
    [
      'tenant/0001_a.json line 3: createCollection.name: a name has letters, digits, _ and -, begins with a letter, and is at most 256 long; ' +
        'line 3: createCollection: Unrecognized key: "kind"; line 4: there is no operation createColection; did you mean createCollection?',
    ],
  ],
  [
    'malformed',
    { 'tenant/0001_a.json': { up: [{ createCollection: { name: 'dbsvc_companies' } }] } },
    ['tenant/0001_a.json line 3: createCollection.name: names beginning with dbsvc_ belong to dbsvc'],
  ],
  ['malformed', { 'tenant/0001_a.json': '{ "up": [' }, [expect.stringContaining('tenant/0001_a.json it is no JSON: ')]],
  [
    'malformed',
    { 'tenant/0001_a.json': { up: [users] }, 'tenant/0002_b.ts': 'export const up = async () => {}\n' },
    [],
  ],
  [
    'unused-allowance',
    { 'tenant/0001_a.json': { up: [{ ...users, allow: { 'no-such-rule': 'a reason' } }] } },
    ['tenant/0001_a.json:3 there is no rule no-such-rule'],
  ],
  ['unused-allowance', { 'tenant/0001_a.json': { up: [users] } }, []],
]

test.each(cases.map(([id, migrations, found]) => ({ id, migrations, found })))('$id: $found', async ({
  id,
  migrations,
  found,
}) => {
  const rule = rules.find((one) => one.id === id)
  if (rule === undefined) throw new Error(`there is no rule ${id}`)
  expect(await findings(rule, migrations)).toEqual(found)
})

test('every rule is found, and not found, by one of these', () => {
  for (const { id } of rules) {
    const own = cases.filter(([rule]) => rule === id)
    expect(
      own.some(([, , found]) => found.length > 0),
      id,
    ).toBe(true)
    expect(
      own.some(([, , found]) => found.length === 0),
      id,
    ).toBe(true)
  }
})

test('what is allowed with a reason is not found, by operation or by file; without one the file is malformed', async () => {
  const [rule] = rules.filter(({ id }) => id === 'collection-without-schema')
  if (rule === undefined) throw new Error('there is no such rule')
  const bare = { createCollection: { name: 'users' } }
  const allow = { 'collection-without-schema': 'documents of any shape' }
  expect(await findings(rule, { 'tenant/0001_a.json': { up: [{ ...bare, allow }] } })).toEqual([])
  expect(await findings(rule, { 'tenant/0001_a.json': { allow, up: [bare] } })).toEqual([])
  expect(await findings(rule, { 'tenant/0001_a.json': { allow, up: [users] } })).toEqual([
    'tenant/0001_a.json nothing here is found by collection-without-schema',
  ])
  const malformed = rules.find(({ id }) => id === 'malformed')
  if (malformed === undefined) throw new Error('there is no such rule')
  expect(await findings(malformed, { 'tenant/0001_a.json': { up: [{ ...bare, allow: { x: ' ' } }] } })).toEqual([
    'tenant/0001_a.json line 3: allow.x: a reason is needed',
  ])
})

import type { StoreTechnique } from '../runner/stores.ts'
import { believing, everyClass, remembering } from './routers.ts'

export interface VectorAttempt {
  /** Behind /v1/vector/, or a whole path. */
  readonly operation: string
  readonly body: Readonly<Record<string, unknown>>
}

export const className = 'TradingPatterns'
/** All companies' objects are in it: no migration of dbsvc's shipped ones makes such a class. */
export const everyonesClass = 'Everyones'
export const victimsObject = '11111111-1111-4111-8111-111111111111'
export const everyonesObject = '22222222-2222-4222-8222-222222222222'

const vector = [0.5, 0.5, 0]
const search = (more: Readonly<Record<string, unknown>>): VectorAttempt => ({
  operation: 'similarity_search',
  body: { class: className, vector, ...more },
})
const update = (more: Readonly<Record<string, unknown>>, id = victimsObject): VectorAttempt => ({
  operation: 'update',
  body: { class: className, object: { id, properties: { name: 'mine' } }, ...more },
})
const insert = (object: object, more: Readonly<Record<string, unknown>> = {}): VectorAttempt => ({
  operation: 'insert',
  body: { class: className, objects: [{ properties: { name: 'planted' }, vector, ...object }], ...more },
})
const remove = (ids: readonly string[], more: Readonly<Record<string, unknown>> = {}): VectorAttempt => ({
  operation: 'delete',
  body: { class: className, ids, ...more },
})

const named = {
  entry: 'router',
  mechanism: 'the tenant is that of the context, whatever the request names',
  alterations: believing,
} as const
const unnamed = {
  entry: 'router',
  mechanism: 'the tenant is that of this request',
  alterations: remembering,
} as const
const ofEveryone = {
  entry: 'router',
  mechanism: 'only classes with tenants are asked',
  alterations: everyClass,
} as const
export const techniques: readonly StoreTechnique<VectorAttempt>[] = [
  {
    ...named,
    name: 'search in the tenant of another company, by its name',
    secret: 'objects of the victim',
    refusal: /^(400|403)$/,
    success: 'canary',
    variants: {
      'by tenant_filter': search({ tenant_filter: 'ab_c' }),
      'by tenant_filter and its vectors': search({ tenant_filter: 'ab_c', include_vector: true }),
      'by tenant_filter and a property': search({ tenant_filter: 'ab_c', properties: ['name'] }),
      'by a list of tenants': search({ tenant_filter: ['ab', 'ab_c'] }),
      'by a pattern of tenants': search({ tenant_filter: 'ab*' }),
      'by a tenant beside': search({ tenant: 'ab_c' }),
      'by a tenant in the message': search({ tenant: { company_id: 'ab_c' } }),
      'by a company in the message': search({ company_id: 'ab_c' }),
    },
  },
  {
    ...named,
    name: 'change the tenant of another company, by its name',
    secret: 'that an object of the victim changes',
    refusal: /^(400|403)$/,
    success: /the victim has changed/,
    variants: {
      'an object by its id': update({ tenant_filter: 'ab_c' }),
      'an object by its id and a company': update({ company_id: 'ab_c' }),
      'planting one': insert({}, { tenant_filter: 'ab_c' }),
      'planting one by a tenant of its own': insert({ tenant: 'ab_c' }),
      'planting one in place of another': insert({ id: victimsObject }, { tenant_filter: 'ab_c' }),
      'deleting one': remove([victimsObject], { tenant_filter: 'ab_c' }),
    },
  },
  {
    ...unnamed,
    name: 'search as if the tenant were that of another',
    secret: 'objects of the victim',
    refusal: /^ok$/,
    success: 'canary',
    variants: {
      'by its vector': search({ limit: 1_000 }),
      'by a far vector': search({ vector: [-0.5, -0.5, 0], limit: 1_000, certainty: 0 }),
      'with vectors': search({ include_vector: true, limit: 1_000 }),
      'by a property': search({ properties: ['name'] }),
      'by a certainty': search({ certainty: 0.9 }),
    },
  },
  {
    ...unnamed,
    name: 'change what is in the tenant of another, by its id',
    secret: 'that an object of the victim changes or is gone',
    refusal: /^(ok|400)$/,
    success: /the victim has changed/,
    variants: {
      'changed by its id': update({}),
      'changed by its id in capitals': update({}, victimsObject.toUpperCase()),
      'its vector': {
        operation: 'update',
        body: { class: className, object: { id: victimsObject, vector: [1, 0, 0] } },
      },
      'deleted by its id': remove([victimsObject]),
      'deleted by its id in capitals': remove([victimsObject.toUpperCase()]),
      'deleted twice': remove([victimsObject, victimsObject]),
    },
  },
  {
    ...ofEveryone,
    name: 'search a class where all companies are together',
    secret: 'objects of the victim',
    refusal: /^400$/,
    success: 'canary',
    variants: {
      'by its vector': search({ class: everyonesClass }),
      'with vectors': search({ class: everyonesClass, include_vector: true }),
      'by a property': search({ class: everyonesClass, properties: ['name'] }),
      'with its own tenant': search({ class: everyonesClass, tenant_filter: 'ab' }),
    },
  },
  {
    ...ofEveryone,
    name: 'change a class where all companies are together',
    secret: 'that an object of the victim changes or is gone',
    refusal: /^400$/,
    success: /the victim has changed/,
    variants: {
      'an object': update({ class: everyonesClass }, everyonesObject),
      'a new one': insert({}, { class: everyonesClass }),
      'one in place of another': insert({ id: everyonesObject }, { class: everyonesClass }),
      'one deleted': remove([everyonesObject], { class: everyonesClass }),
      "an entry of dbsvc's own": {
        operation: 'insert',
        body: {
          class: 'DbsvcRecord',
          objects: [{ properties: { kind: 'suspended', subject: 'ab_c', value: 'true' } }],
        },
      },
    },
  },
]

/** What the router has no place for, and what more than one thing keeps away, so that nothing can be removed to show it. */
export const offeredNothing: readonly StoreTechnique<VectorAttempt>[] = [
  {
    entry: 'router',
    name: 'ask by what the router does not offer',
    mechanism: 'there is no such path',
    secret: 'objects and names of the victim',
    refusal: /^40[45]$/,
    success: /canary|ab_c/,
    variants: Object.fromEntries(
      [
        'aggregate',
        'graphql',
        'backup',
        'schema',
        'tenants',
        '/v1/graphql',
        '/v1/graphql/batch',
        '/v1/schema',
        `/v1/schema/${className}/tenants`,
        `/v1/objects/${className}/${victimsObject}`,
        '/v1/batch/objects',
        '/v1/backups/filesystem',
        '/v1/backups/filesystem/mine/restore',
        '/v1/classifications',
        '/v1/nodes',
        '/v1/meta',
        '/v1/vector/../../v1/schema',
        '/v1/vector/%2e%2e/schema',
        '/v1/vector/similarity_search/..%2f..%2fschema',
      ].map((operation) => [
        operation,
        { operation, body: { query: `{ Get { ${className}(tenant: "ab" + "_c") { name } } }`, id: 'mine' } },
      ]),
    ),
  },
  {
    entry: 'router',
    name: 'ask for what the message has no place for',
    mechanism: 'the shape of the message',
    secret: 'objects of the victim',
    refusal: /^(400|403)$/,
    success: 'canary',
    variants: {
      'its own tenant_filter and another': search({ tenant_filter: 'ab', tenant: 'ab_c' }),
      'an empty tenant_filter': search({ tenant_filter: '' }),
      'a filter': search({ where: { path: ['name'], operator: 'Like', valueText: '*' } }),
      'a filter by reference': search({ filters: { target: ['ofPattern', className, 'name'], operator: 'Like' } }),
      'a cursor': search({ after: victimsObject }),
      'an offset': search({ offset: 1 }),
      'a group': search({ group_by: { path: ['name'], groups: 9, objectsPerGroup: 9 } }),
      'a generated answer': search({ generate: { prompt: '{name}' } }),
      'a class with a query': search({ class: `${className}?tenant=ab_c` }),
      'a class with a path': search({ class: `${className}/../${className}/objects?tenant=ab_c` }),
      'a property with GraphQL': search({ properties: [`name } } Get { ${className}(tenant: "ab_c") { name`] }),
      'a property with a reference': search({ properties: [`ofPattern { ... on ${className} { name } }`] }),
      'an id with a path': remove([`${victimsObject}?tenant=ab_c`]),
      'an id with a class': update({}, `../${className}/${victimsObject}`),
    },
  },
  {
    entry: 'router',
    name: 'follow a reference into another tenant',
    mechanism: 'references stay in their tenant, and no request follows one',
    secret: 'objects of the victim',
    refusal: /^(ok|400)$/,
    success: 'canary',
    variants: {
      'a beacon to its object': insert({
        properties: { name: 'own', ofPattern: [{ beacon: `weaviate://localhost/${className}/${victimsObject}` }] },
      }),
      'what it returns': search({ properties: ['name', 'ofPattern'], limit: 100 }),
      'all that there is': search({ limit: 100, include_vector: true }),
      'a beacon in place of a value': insert({
        properties: { name: `weaviate://localhost/${className}/${victimsObject}` },
      }),
    },
  },
  {
    entry: 'router',
    // The server of dbsvc dev makes no schema of what it is sent either.
    mechanism: 'what the schema does not know is refused, twice',
    name: 'change the schema that all companies share',
    secret: 'that classes of the victim are others',
    refusal: /^400$/,
    success: /the victim has changed/,
    variants: {
      'a new property of an object': insert({ properties: { name: 'x', planted_by_insert: 'x' } }),
      'a new property in a change': {
        operation: 'update',
        body: {
          class: className,
          object: { id: '33333333-3333-4333-8333-333333333333', properties: { planted: 'x' } },
        },
      },
    },
  },
]

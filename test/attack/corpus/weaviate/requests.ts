import type { StoreTechnique } from '../runner/stores.ts'

export interface VectorAttempt {
  readonly operation: 'similarity_search' | 'insert' | 'update' | 'delete'
  readonly body: Readonly<Record<string, unknown>>
}

export const victimsObject = '11111111-1111-4111-8111-111111111111'
const vector = [0.5, 0.5, 0]
const className = 'TradingPatterns'
const search = (more: Readonly<Record<string, unknown>>): VectorAttempt => ({
  operation: 'similarity_search',
  body: { class: className, vector, ...more },
})
const common = { entry: 'router', mechanism: 'the tenant, which dbsvc sets' } as const

export const techniques: readonly StoreTechnique<VectorAttempt>[] = [
  {
    ...common,
    name: 'search in the tenant of another company',
    secret: 'objects of the victim',
    refusal: /^(400|403|ok)$/,
    success: 'canary',
    variants: {
      'by tenant_filter': search({ tenant_filter: 'ab_c' }),
      'by a tenant_filter that is empty': search({ tenant_filter: '' }),
      'by a list of tenants': search({ tenant_filter: ['ab', 'ab_c'] }),
      'by a pattern of tenants': search({ tenant_filter: 'ab*' }),
      'by a tenant beside': search({ tenant: 'ab_c' }),
      'by a tenant in the message': search({ tenant: { company_id: 'ab_c' } }),
      'by a company in the message': search({ company_id: 'ab_c' }),
      'by the class': search({ class: `${className}?tenant=ab_c` }),
      'by a path in the class': search({ class: `${className}/../${className}/objects?tenant=ab_c` }),
      'by GraphQL in a property': search({ properties: [`name } } Get { ${className}(tenant: "ab_c") { name`] }),
      'by a cross reference': search({ properties: ['ofTenant { ... on TradingPatterns { name } }'] }),
      'by its vector': search({ limit: 1_000 }),
      'by a far vector': search({ vector: [-0.5, -0.5, 0], limit: 1_000, certainty: 0 }),
      'with vectors': search({ include_vector: true, limit: 1_000 }),
    },
  },
  {
    ...common,
    name: 'change an object of another company',
    secret: 'that an object of the victim changes',
    refusal: /^(400|403)$/,
    success: 'runs',
    variants: {
      'by its id': {
        operation: 'update',
        body: { class: className, object: { id: victimsObject, properties: { name: 'mine' } } },
      },
      'by its id and tenant_filter': {
        operation: 'update',
        body: { class: className, tenant_filter: 'ab_c', object: { id: victimsObject, properties: { name: 'mine' } } },
      },
      'by its id in capitals': {
        operation: 'update',
        body: { class: className, object: { id: victimsObject.toUpperCase(), properties: { name: 'mine' } } },
      },
      'planting one by tenant_filter': {
        operation: 'insert',
        body: { class: className, tenant_filter: 'ab_c', objects: [{ properties: { name: 'planted' }, vector }] },
      },
      'planting one by a tenant of its own': {
        operation: 'insert',
        body: { class: className, objects: [{ properties: { name: 'planted' }, vector, tenant: 'ab_c' }] },
      },
    },
  },
  {
    ...common,
    name: 'delete an object of another company',
    secret: 'that an object of the victim is gone',
    refusal: /^(ok|403)$/,
    success: /"deleted":1/,
    variants: {
      'by its id': { operation: 'delete', body: { class: className, ids: [victimsObject] } },
      'by its id in capitals': { operation: 'delete', body: { class: className, ids: [victimsObject.toUpperCase()] } },
      'by its id and tenant_filter': {
        operation: 'delete',
        body: { class: className, ids: [victimsObject], tenant_filter: 'ab_c' },
      },
      twice: { operation: 'delete', body: { class: className, ids: [victimsObject, victimsObject] } },
    },
  },
]

import { z } from 'zod'
import { tenantShape } from '../http/tenant.ts'
import { type Endpoint, endpoints } from './endpoints.ts'

type Schema = Readonly<Record<string, unknown>>

const text = { type: 'string' } as const
const asReference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/** What the router takes and gives over JSON, as OpenAPI 3.1. Source: https://spec.openapis.org/oas/v3.1.1 */
export function openApiDocument(version: string): object {
  const definitions: Record<string, unknown> = {
    Tenant: {
      ...schemaOf(tenantShape, 'Tenant', {}),
      description: 'For whom the request is; the headers say the same.',
    },
    Error: errorSchema,
  }
  const paths: Record<string, Record<string, object>> = {}
  for (const [route, endpoint] of Object.entries(endpoints)) {
    const [method = '', path = ''] = route.split(' ')
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, path, endpoint, definitions) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'dbsvc',
      version,
      description:
        'Queries of companies on five databases: validated, isolated, cached, limited. The pages docs/api.md and docs/values.md say more.',
    },
    paths,
    components: {
      schemas: definitions,
      parameters: {
        company: headerParameter('x-dbsvc-company', 'For which company.'),
        user: headerParameter('x-dbsvc-user', 'For which of its users; left out, for the whole company.'),
        session: headerParameter('x-dbsvc-session', "The user's session."),
        requestId: headerParameter('x-request-id', 'Names the request in logs and answers.'),
      },
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key (dbk_…), or a JWT.' } },
    },
  }
}

function operationOf(route: string, path: string, endpoint: Endpoint, definitions: Record<string, unknown>): object {
  const { summary, message, query, takes = [], gives = ['application/json'], answer, audience } = endpoint
  const name = nameOf(route)
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, found]) => ({
    name: found,
    in: 'path',
    required: true,
    schema: text,
  }))
  const headers = audience === 'company' ? ['company', 'user', 'session', 'requestId'] : ['requestId']
  const parameters = [
    ...inPath,
    ...(query === undefined ? [] : queryParameters(query)),
    ...headers.map((header) => ({ $ref: `#/components/parameters/${header}` })),
  ]
  const json = message === undefined ? null : withTenant(schemaOf(message, name, definitions), audience)
  const contentOf = (type: string): object => {
    if (type !== 'application/json') return { schema: text }
    return answer === undefined ? {} : { schema: schemaOf(answer, `${name}Answer`, definitions) }
  }
  const others = takes.map((type) => [type, { schema: text }] as const)
  return {
    operationId: name,
    summary,
    ...(audience === 'public' ? {} : { security: [{ key: [] }] }),
    parameters,
    ...(json === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries([['application/json', { schema: json }], ...others]),
          },
        }),
    responses: {
      200: { description: 'Done.', content: Object.fromEntries(gives.map((type) => [type, contentOf(type)])) },
      default: { description: 'Refused or failed.', content: { 'application/json': { schema: asReference('Error') } } },
    },
  }
}

/** `postV1ConfigConfigKey` of `POST /v1/config/{config_key}`. */
const nameOf = (route: string): string =>
  route.toLowerCase().replaceAll(/[^a-z0-9]+([a-z0-9])?/g, (_, next: string = '') => next.toUpperCase())

/** As messages are sent, before defaults are filled in. What they have in common with themselves goes into the definitions. */
function schemaOf(shape: z.ZodType, name: string, definitions: Record<string, unknown>): Schema {
  const { $schema: _, $defs = {}, ...schema } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' })
  const moved = <Part>(part: Part): Part =>
    JSON.parse(JSON.stringify(part).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`)) as Part
  for (const [key, definition] of Object.entries($defs)) definitions[`${name}.${key}`] = moved(definition)
  return moved(schema)
}

/** The message of every operation for a company may say for whom it is. */
function withTenant(schema: Schema, audience: Endpoint['audience']): Schema {
  if (audience !== 'company') return schema
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: schema.anyOf.map((one) => withTenant(one, audience)) }
  return { ...schema, properties: { ...(schema.properties as object), tenant: asReference('Tenant') } }
}

function queryParameters(query: z.ZodObject): object[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
}

const headerParameter = (name: string, description: string): object => ({
  name,
  in: 'header',
  description,
  schema: text,
})

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'request_id'],
      properties: { code: text, message: text, hint: text, request_id: text, details: { type: 'object' } },
    },
  },
}

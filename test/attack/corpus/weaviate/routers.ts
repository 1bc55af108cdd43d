import type { Alteration } from '../../../support/alterations.ts'

const gateway = 'server/stores/open-vector-gateway.ts'
const operations = 'server/operations/vector.ts'
const messages = 'server/http/vector-body.ts'

/** Believes the tenant that a request names, wherever it does. */
export const believing: readonly Alteration[] = [
  { file: messages, from: 'tenant_filter: z.string().optional(),', to: 'tenant_filter: z.any().optional(),' },
  ...['search', 'insert', 'update'].map((name) => ({
    file: messages,
    from: `${name}: z.strictObject(`,
    to: `${name}: z.looseObject(`,
  })),
  { file: messages, from: 'const object = z.strictObject(', to: 'const object = z.looseObject(' },
  {
    file: messages,
    from: 'tenantFilter: asked.tenant_filter ?? null,',
    to: `tenantFilter: [asked.objects?.[0].tenant, asked.company_id, asked.tenant_filter].flat()
      .findLast((name) => name !== undefined)?.replace('*', '_c') ?? null,`,
  },
  {
    file: 'server/http/tenant.ts',
    from: 'tenant: tenantShape.optional()',
    to: `tenant: z.preprocess((name) => (typeof name === 'string' ? { company_id: name } : name), tenantShape.optional())`,
  },
  { file: 'server/context/claim.ts', from: 'throw DbsvcError.of(', to: 'return other\n    throw DbsvcError.of(' },
  { file: operations, from: 'requireOwn(context, request)', to: '' },
  {
    file: operations,
    from: 'ask(vectors, context.company.company, request)',
    to: 'ask(vectors, request.tenantFilter ?? context.company.company, request)',
  },
]

/** Keeps the tenant of whoever asked for a class first. */
export const remembering: readonly Alteration[] = [
  {
    file: gateway,
    from: 'client.collections.use(className).withTenant(company)',
    to: '(remembered[className] ??= client.collections.use(className).withTenant(company))',
  },
  { file: gateway, from: 'const tenantOf =', to: 'const remembered = {}\n  const tenantOf =' },
]

/** Takes classes that do not keep companies apart. */
export const everyClass: readonly Alteration[] = [
  { file: gateway, from: 'found?.multiTenancyConfig?.enabled !== true', to: 'found === null' },
  {
    file: gateway,
    from: 'client.collections.use(className).withTenant(company)',
    to: 'client.collections.use(className)',
  },
  { file: gateway, from: 'tenant: company,', to: '' },
]

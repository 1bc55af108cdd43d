import type { WeaviateClient } from 'weaviate-client'
import { weaviate } from '../../../../src/engines/weaviate/engine.ts'
import { recordClass } from '../../../../src/engines/weaviate/record.ts'
import { chunks } from '../../../support/request-proxy.ts'
import { connectWeaviate, weaviateServer } from '../../../support/weaviate.ts'
import type { CrashHarness } from './harness.ts'

const prices = 'CrashPrices'
const rates = 'CrashRates'
const id = '00000000-0000-4000-8000-000000000001'

const text = (name: string): object => ({ name, dataType: ['text'], tokenization: 'field' })
const classOf = (name: string): object => ({
  class: name,
  multiTenancyConfig: { enabled: true, autoTenantCreation: false, autoTenantActivation: false },
  vectorizer: 'none',
  properties: [text('symbol')],
})
const json = (up: readonly object[], down: readonly object[]): string => JSON.stringify({ up, down })

/** Written so that it may run twice, which dbsvc asks of modules. */
const writing = (className: string): string => `
const id = '${id}'
const own = ({ client, tenant }) => client.collections.use('${className}').withTenant(tenant).data
export const up = async (migration) => {
  if (!(await own(migration).exists(id))) await own(migration).insert({ id, properties: { symbol: migration.tenant } })
}
export const down = (migration) => own(migration).deleteById(id)
`

/** Struck at its REST interface, over which everything goes that changes something; gRPC stays as it is. */
export const weaviateHarness: CrashHarness = {
  engine: weaviate,
  restsOn: 'weaviate',
  urlVariable: 'DBSVC_WEAVIATE_URL',
  framing: chunks,
  migrations: {
    'shared/0001_prices.json': json([{ createClass: classOf(prices) }], [{ removeClass: prices }]),
    'shared/0002_rates.json': json(
      [{ createClass: classOf(rates) }, { addProperty: { class: prices, property: text('venue') } }],
      [{ removeClass: rates }],
    ),
    'tenant/0001_symbol.mjs': writing(prices),
    'tenant/0002_rate.mjs': writing(rates),
  },
  async open() {
    const server = await weaviateServer()
    const client = await connectWeaviate(server)
    const classes = async (): Promise<string[]> =>
      (await client.collections.listAll()).map(({ name }) => name).filter((name) => name !== recordClass)
    return {
      url: `http://${server.host}:${server.httpPort}`,
      section: (url) => ({ weaviate: { url, grpcUrl: `http://${server.host}:${server.grpcPort}` } }),
      async traces(company) {
        const tenants = await Promise.all((await classes()).map((name) => describeTenant(client, name, company)))
        return [...tenants.flat(), ...(await notesOn(client, company))].sort()
      },
      sharedTraces: async () =>
        Promise.all((await classes()).sort().map(async (name) => JSON.stringify(await definitionOf(client, name)))),
      async clearShared() {
        for (const name of await classes()) await client.collections.delete(name)
      },
      // Its migrations insert.
      fill: async () => {},
    }
  },
}

async function definitionOf(client: WeaviateClient, name: string): Promise<object> {
  const { properties, multiTenancy } = await client.collections.use(name).config.get()
  return { name, multiTenancy, properties: properties.map((property) => property.name) }
}

async function describeTenant(client: WeaviateClient, name: string, company: string): Promise<string[]> {
  const collection = client.collections.use(name)
  const tenant = (await collection.tenants.get())[company]
  if (tenant === undefined) return []
  const status = `tenant of ${name}, ${tenant.activityStatus}`
  if (tenant.activityStatus !== 'ACTIVE') return [status]
  const { objects } = await collection.withTenant(company).query.fetchObjects()
  return [status, ...objects.map(({ uuid, properties }) => `${name} has ${uuid} ${JSON.stringify(properties)}`)]
}

async function notesOn(client: WeaviateClient, company: string): Promise<string[]> {
  if (!(await client.collections.exists(recordClass))) return []
  const { objects } = await client.collections.use(recordClass).query.fetchObjects({ limit: 1_000 })
  return objects
    .filter(({ properties }) => properties.subject === company)
    .map(({ properties }) => `note ${JSON.stringify(properties, Object.keys(properties).sort())}`)
}

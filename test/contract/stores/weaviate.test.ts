import { afterAll } from 'vitest'
import weaviateClient, { type WeaviateClient } from 'weaviate-client'
import { findFreePort } from '../../../src/embedded/free-ports.ts'
import { weaviate } from '../../../src/engines/weaviate/engine.ts'
import { generateUuid } from '../../../src/engines/weaviate/uuid.ts'
import { configFor, type OwnServer, startOwnServer } from '../engines/weaviate-given.ts'
import { describeStore } from './contract.ts'
import type { StoreSchema, StoreUnderTest, Visitor } from './harness.ts'

const undo: (() => Promise<void>)[] = []

/** On a server of its own: every multi-tenant class of the run's shared one would get tenants. */
describeStore({ engine: weaviate, restsOn: 'weaviate', vitals: ['objects_count', 'vector_dimensions'], open })

afterAll(async () => {
  for (const step of undo.reverse()) await step()
})

const [written, news] = ['ContractWritten', 'ContractNews']

/** The text of a module that writes one object of its own into the company's tenant, and none the second time. */
const objectModule = (text: string, id: string): string => `
  export const up = async ({ client, tenant }) => {
    const { data } = client.collections.use('${written}').withTenant(tenant)
    if (!(await data.exists('${id}'))) await data.insert({ id: '${id}', properties: { text: '${text}' } })
  }
`

const title = { name: 'title', dataType: ['text'] }

const files: StoreSchema['files'] = {
  shared: {
    '1_news.json': JSON.stringify({
      up: [{ createClass: { class: news, multiTenancyConfig: { enabled: true }, properties: [title] } }],
    }),
  },
  tenant: {
    '1_one.js': objectModule('one', '7b3a4c52-0d1e-4a6f-8b9c-1d2e3f4a5b61'),
    '2_two.js': objectModule('two', '7b3a4c52-0d1e-4a6f-8b9c-1d2e3f4a5b62'),
  },
}

async function open(): Promise<StoreUnderTest> {
  const own = await startOwnServer()
  undo.push(() => own.stop())
  const client = await clientOf(own)
  undo.push(() => client.close())
  await client.collections.create({
    name: written,
    multiTenancy: { enabled: true },
    properties: [{ name: 'text', dataType: 'text' }],
  })
  const readAs = async (company: string): Promise<string[]> => [...(await visitorOf(client, company).read())].sort()
  return {
    config: configFor(own.server),
    wrongPassword: configFor({ ...own.server, apiKey: 'not the key' }),
    unreachable: configFor({ ...own.server, url: `http://127.0.0.1:${await findFreePort()}` }),
    // There are no users of companies: the tenant is a field of each request.
    enter: async (company) => visitorOf(client, company),
    refusesSuspended: true,
    async traces(company) {
      const tenant = await client.collections.use(written).tenants.getByName(company)
      const records = (await client.collections.exists('DbsvcRecord'))
        ? (await client.collections.use('DbsvcRecord').query.fetchObjects({ limit: 10_000 })).objects
        : []
      const own = records.filter(({ properties }) => properties.subject === company)
      return [...(tenant === null ? [] : ['tenant']), ...own.map(({ properties }) => `record ${properties.kind}`)]
    },
    limitsIn: null,
    // Companies have no way of their own that could be opened, so it is as if the server showed the intruder what the victim has.
    async breakIsolation(_victim, intruder) {
      const id = generateUuid(`dbsvc/probe/${written}`)
      await client.collections
        .use(written)
        .withTenant(intruder)
        .data.insert({ id, properties: { text: 'of the victim' } })
    },
    schema: {
      files,
      dataOf: readAs,
      async change(company) {
        await client.collections.use(written).tenants.remove(company)
      },
    },
  }
}

function clientOf({ server }: OwnServer): Promise<WeaviateClient> {
  const [url, grpc] = [new URL(server.url), new URL(server.grpcUrl)]
  return weaviateClient.connectToCustom({
    httpHost: url.hostname,
    httpPort: Number(url.port),
    grpcHost: grpc.hostname,
    grpcPort: Number(grpc.port),
    authCredentials: new weaviateClient.ApiKey(server.apiKey),
  })
}

function visitorOf(client: WeaviateClient, company: string): Visitor {
  const place = client.collections.use(written).withTenant(company)
  return {
    async write(text) {
      await place.data.insert({ text })
    },
    async read() {
      const { objects } = await place.query.fetchObjects({ limit: 10_000 })
      return objects.map(({ properties }) => String(properties.text))
    },
    async close() {},
  }
}

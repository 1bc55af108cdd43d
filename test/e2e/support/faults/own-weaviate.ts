import { startEmbeddedWeaviate } from '../../../../src/embedded/weaviate/start.ts'
import { engineFinding, missingMessage } from '../../../support/engines.ts'
import { ownDirectory } from '../../../support/shared-server.ts'
import type { OwnEngine } from './own-engine.ts'

const notes = {
  class: 'Notes',
  multiTenancyConfig: { enabled: true },
  properties: [{ name: 'title', dataType: ['text'], tokenization: 'field' }],
}

export interface OwnWeaviate extends OwnEngine {
  /** Of the REST interface; throws for a status that is no success. */
  request(method: string, path: string, body?: unknown): Promise<unknown>
}

export async function ownWeaviate(): Promise<OwnWeaviate> {
  const finding = engineFinding('weaviate')
  if (finding.program === null) throw new Error(missingMessage(finding))
  const server = await startEmbeddedWeaviate({ program: finding.program, directory: await ownDirectory('weaviate') })
  const { url, grpcUrl, apiKey } = server
  async function request(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${response.status}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  const readClass = async (): Promise<unknown> => {
    const { classes = [] } = (await request('GET', '/schema')) as { classes?: { class: string; properties: unknown }[] }
    return classes.find((found) => found.class === notes.class)?.properties ?? null
  }
  return {
    name: 'weaviate',
    title: 'Weaviate',
    port: Number(new URL(url).port),
    config: (port) => ({ weaviate: { url: `http://127.0.0.1:${port}`, grpcUrl, apiKey } }),
    secrets: [apiKey],
    migrations: { 'weaviate/shared/0001_notes.json': JSON.stringify({ up: [{ createClass: notes }] }, null, 2) },
    later: {
      'weaviate/shared/0002_body.json': JSON.stringify({
        up: [{ addProperty: { class: 'Notes', property: { name: 'body', dataType: ['text'], tokenization: 'word' } } }],
      }),
    },
    async look(company) {
      const properties = await readClass()
      if (properties === null) return null
      const tenants = (await request('GET', '/schema/Notes/tenants')) as { name: string; activityStatus: string }[]
      const tenant = tenants.find(({ name }) => name === company)
      return tenant === undefined ? null : { properties, status: tenant.activityStatus }
    },
    remove: async (company) => void (await request('DELETE', '/schema/Notes/tenants', [company])),
    stop: () => server.stop(),
    request,
  }
}

import type { StoreContext, StoreEngine } from '../store.ts'
import { administratorOf, connectTo, describeEndpoint, endpointOf } from './connection.ts'
import { operationError } from './errors.ts'
import { readServer, requireSupported } from './server.ts'
import { openSession, type Session } from './session.ts'
import { openStore } from './store.ts'

/** Companies are users whose rights end at their own keys and channels. There is no schema, and so there are no migrations. */
export const dragonfly: StoreEngine = {
  name: 'dragonfly',
  title: 'DragonflyDB',
  capabilities: { place: 'key space', migrations: false, provisionBatch: 100, concurrency: 4 },
  extensions: [],
  placeIn(config) {
    const endpoint = endpointOf(config)
    return endpoint === null ? null : describeEndpoint(endpoint)
  },
  connect: async (context) => openStore(await connect(context)),
  compile: async () => [],
}

async function connect({ config, application, passwordOf }: StoreContext): Promise<Session> {
  const endpoint = endpointOf(config)
  if (endpoint === null) throw new Error('connect is called where dragonfly.url is set')
  const who = administratorOf(config)
  const client = await connectTo(endpoint, who, application)
  try {
    const server = await readServer(client)
    requireSupported(server, describeEndpoint(endpoint))
    return openSession(client, endpoint, who, { server, application, passwordOf })
  } catch (error) {
    client.disconnect()
    throw operationError(error, describeEndpoint(endpoint), who.user)
  }
}

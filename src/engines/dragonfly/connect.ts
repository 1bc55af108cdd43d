import type { Store, StoreContext } from '../store.ts'
import { administratorOf, connectTo, describeEndpoint, endpointOf } from './connection.ts'
import { operationError } from './errors.ts'
import { readServer, requireSupported } from './server.ts'
import { openSession, type Session } from './session.ts'
import { openStore } from './store.ts'

/** @throws DBS-1101, DBS-1102, DBS-1103 */
export const connectStore = async (context: StoreContext): Promise<Store> => openStore(await connect(context))

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

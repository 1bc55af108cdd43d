import type { StoreHealth } from '../store.ts'
import { companyCommands } from './acl/commands.ts'
import { hasUsersFile } from './save-users.ts'
import { readServer } from './server.ts'
import type { Session } from './session.ts'

export async function readHealth({ client, dialect }: Session): Promise<StoreHealth> {
  const { product, version, nodes } = await readServer(client)
  const { commands } = await dialect()
  const missing = Object.keys(companyCommands).filter((command) => !commands.includes(command))
  const lacks = [
    ...((await hasUsersFile(client)) === false ? ["an ACL file: companies' users are lost when it restarts"] : []),
    ...(nodes > 1 ? ['one server for all keys: dbsvc does not look after the other nodes of a cluster'] : []),
    ...(missing.length > 0 ? [`commands of companies: ${missing.join(', ')}`] : []),
  ]
  return { version, kind: product === 'DragonflyDB' ? null : product, lacks, separates: true }
}

import { fileURLToPath } from 'node:url'
import { Database } from 'arangojs'
import { engineFinding, missingMessage } from './engines.ts'
import { sharedServer } from './shared-server.ts'
import { uniqueName } from './unique-name.ts'

export interface TestArango {
  readonly url: string
  /** May manage databases and users. */
  readonly user: string
  readonly password: string
}

const main = fileURLToPath(new URL('../standins/arango/main.ts', import.meta.url))
const rootPassword = 'of the stand-in'

/** The server at DBSVC_TEST_ARANGO_URL, such as `http://root:password@host:8529`, or the run's stand-in. */
export async function arangoServer(): Promise<TestArango> {
  const finding = engineFinding('arango')
  if (finding.url !== null) {
    const { origin, username, password } = new URL(finding.url)
    return { url: origin, user: decodeURIComponent(username), password: decodeURIComponent(password) }
  }
  const { program } = finding
  if (program === null) throw new Error(missingMessage(finding))
  const { url } = await sharedServer({
    name: 'arango',
    program: (port) => ({ file: program, args: [main, String(port)], env: { ARANGO_ROOT_PASSWORD: rootPassword } }),
    isReady: async (server) => (await fetch(`${server.url}/_admin/server/availability`)).ok,
  })
  return { url, user: 'root', password: rootPassword }
}

/** A connection of this user to a database, `_system` unless told otherwise. */
export function connectArango(
  server: TestArango,
  databaseName = '_system',
  user = server.user,
  password = server.password,
): Database {
  return new Database({ url: server.url, databaseName, auth: { username: user, password } })
}

/** A new, empty database, for the user that may manage the server. It is never dropped: the server is. */
export async function arangoDatabase(): Promise<Database> {
  const server = await arangoServer()
  const name = uniqueName('test')
  await connectArango(server).createDatabase(name)
  return connectArango(server, name)
}

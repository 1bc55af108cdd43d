import { Database } from 'arangojs'
import { startArangoStandIn } from '../../../standins/arango/start.ts'
import type { OwnEngine } from './own-engine.ts'

const password = 'of the own stand-in'

export interface OwnArango extends OwnEngine {
  readonly system: Database
}

export async function ownArango(): Promise<OwnArango> {
  const server = await startArangoStandIn({ rootPassword: password })
  const connect = (databaseName: string): Database =>
    new Database({ url: server.url, databaseName, auth: { username: 'root', password } })
  const system = connect('_system')
  return {
    name: 'arango',
    title: 'ArangoDB',
    port: server.port,
    config: (port) => ({ arango: { url: `http://127.0.0.1:${port}`, password } }),
    secrets: [password],
    migrations: {
      'arango/tenant/0001_people.json': JSON.stringify({
        up: [{ createCollection: { name: 'people' } }, { createCollection: { name: 'places' } }],
      }),
    },
    later: { 'arango/tenant/0002_things.json': JSON.stringify({ up: [{ createCollection: { name: 'things' } }] }) },
    async look(company) {
      const name = `tenant_${company}`
      const users = await system.listUsers()
      const user = users.find((found) => found.user === name)
      const hasDatabase = (await system.listDatabases()).includes(name)
      if (!hasDatabase) return user === undefined ? null : { userAlone: true }
      const collections = (await connect(name).listCollections()).map((collection) => collection.name).sort()
      const access = user === undefined ? null : await system.getUserAccessLevel(name, { database: name })
      return { active: user?.active, access, collections }
    },
    async remove(company) {
      await system.dropDatabase(`tenant_${company}`)
      await system.removeUser(`tenant_${company}`)
    },
    async stop() {
      system.close()
      await server.stop()
    },
    system,
  }
}

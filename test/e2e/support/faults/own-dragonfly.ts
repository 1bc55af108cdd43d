import { ownDirectory, stopServer } from '../../../support/shared-server.ts'
import { connectValkey, startValkey } from '../../../support/valkey.ts'
import type { OwnEngine } from './own-engine.ts'

/** Valkey, which stands for DragonflyDB. */
export async function ownDragonfly(): Promise<OwnEngine> {
  const folder = await ownDirectory('valkey')
  const server = await startValkey(folder)
  const { port, password } = new URL(server.url)
  const admin = connectValkey(server)
  return {
    name: 'dragonfly',
    title: 'DragonflyDB',
    port: Number(port),
    config: (at) => ({ dragonfly: { url: `redis://127.0.0.1:${at}`, password } }),
    secrets: [password],
    migrations: {},
    later: {},
    async look(company) {
      const user = (await admin.call('ACL', 'GETUSER', `tenant_${company}`)) as unknown[] | null
      if (user === null) return null
      const budget = await admin.hget('dbsvc:budgets', company)
      // Each has a password of its own, of which the server shows a digest.
      const rights = JSON.stringify(user)
        .replaceAll(company, '{company}')
        .replace(/"[0-9a-f]{64}"/g, '"digest"')
      return { rights, budget: budget?.replaceAll(company, '{company}') }
    },
    remove: async (company) => void (await admin.call('ACL', 'DELUSER', `tenant_${company}`)),
    async stop() {
      admin.disconnect()
      await stopServer(server.pid)
    },
  }
}

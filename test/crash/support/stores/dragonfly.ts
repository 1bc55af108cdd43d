import { readFile } from 'node:fs/promises'
import { dragonfly } from '../../../../src/engines/dragonfly/engine.ts'
import { commands } from '../../../support/resp.ts'
import { connectValkey, type TestValkey, valkeyServer } from '../../../support/valkey.ts'
import type { CrashedStore, CrashHarness } from './harness.ts'

export const dragonflyHarness: CrashHarness = {
  engine: dragonfly,
  restsOn: 'valkey',
  urlVariable: 'DBSVC_DRAGONFLY_URL',
  framing: commands,
  migrations: {},
  open: async () => dragonflyAt(await valkeyServer()),
}

/** A server that speaks its protocol. */
export function dragonflyAt(server: TestValkey): CrashedStore {
  const admin = connectValkey(server)
  const { hostname, port, username, password } = new URL(server.url)
  const keysOf = async (company: string): Promise<string[]> => (await admin.keys(`t:${company}:*`)).sort()
  return {
    url: `redis://${hostname}:${port}`,
    section: (url) => ({
      dragonfly: { url, user: decodeURIComponent(username), password: decodeURIComponent(password) },
    }),
    async traces(company) {
      const user = (line: string): boolean => line.startsWith(`user tenant_${company} `)
      const [users, keys, budget] = await Promise.all([
        admin.call('ACL', 'LIST') as Promise<string[]>,
        keysOf(company),
        admin.hget('dbsvc:budgets', company),
      ])
      const values = await Promise.all(keys.map(async (key) => `${key} = ${await admin.get(key)}`))
      return [
        ...users.filter(user),
        // What is not in the file is gone after a restart.
        ...(await savedUsers()).filter(user).map((line) => `saved ${line}`),
        ...values,
        ...(budget === null ? [] : [`budget ${budget}`]),
      ]
    },
    sharedTraces: async () => [],
    clearShared: async () => {},
    async fill(company) {
      await admin.set(`t:${company}:greeting`, `hello ${company}`)
    },
  }

  async function savedUsers(): Promise<string[]> {
    const [, file = ''] = (await admin.call('CONFIG', 'GET', 'aclfile')) as string[]
    return (await readFile(file, 'utf8')).split('\n')
  }
}

import { Redis } from 'ioredis'
import type { BenchStore } from '../servers.ts'

const batch = 100

/** A user for each company with the rights that dbsvc gives one, a hundred in a pipeline, saved as often. */
export async function floorOfDragonfly({ settings }: BenchStore, companies: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(settings.url ?? '')
  const { user: username, password } = settings
  const client = new Redis({
    host: hostname,
    port: Number(port),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  })
  const commands = await commandsOfCompany(client)
  for (let start = 0; start < companies.length; start += batch) {
    const pipeline = client.pipeline()
    for (const company of companies.slice(start, start + batch)) {
      const own = [`~t:${company}:*`, 'resetchannels', `&t:${company}:*`, ...commands]
      pipeline.call('ACL', 'SETUSER', `tenant_${company}`, 'on', `>${company}`, 'resetkeys', ...own)
    }
    await pipeline.exec()
    await client.call('ACL', 'SAVE')
  }
  client.disconnect()
}

/** As they stand with a company that dbsvc has made. */
async function commandsOfCompany(client: Redis): Promise<string[]> {
  const users = (await client.call('ACL', 'USERS')) as string[]
  const user = users.find((name) => name.startsWith('tenant_'))
  if (user === undefined) throw new Error('there is no company to take the rights of')
  const answer = (await client.call('ACL', 'GETUSER', user)) as unknown[]
  return String(answer[answer.indexOf('commands') + 1]).split(' ')
}

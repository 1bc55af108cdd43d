import type { Redis } from 'ioredis'
import { readUser } from '../acl/user.ts'
import { scanKeys } from '../keys.ts'
import { budgetsKey, prefixOf, userOf } from '../names.ts'
import { runAll } from '../pipeline.ts'
import { saveUsers } from '../save-users.ts'
import type { Session } from '../session.ts'

// More than that takes somebody who writes faster than keys can be removed; `findRemains` tells.
const mostSweeps = 10
const namedRemains = 20

/**
 * Removes the user first, which closes its connections, then its keys. It is saved even where there was none: an earlier run may
 * have come this far.
 */
export async function deprovision({ client }: Session, company: string): Promise<void> {
  await client.call('ACL', 'DELUSER', userOf(company))
  await saveUsers(client)
  await client.call('HDEL', budgetsKey, company)
  // A command that was under way when the user went may have written behind the cursor.
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let removed = 0
    for await (const keys of scanKeys(client, company)) removed += await unlink(client, keys)
    if (removed === 0) return
  }
}

/** What is left of a company, keys by name up to the twentieth and then by count. */
export async function findRemains({ client }: Session, company: string): Promise<string[]> {
  const remains: string[] = []
  if ((await readUser(client, userOf(company))) !== null) remains.push(`user ${userOf(company)}`)
  if ((await client.hexists(budgetsKey, company)) === 1) remains.push(`budget ${company} in ${budgetsKey}`)
  const names = new Set<string>()
  let more = 0
  for await (const keys of scanKeys(client, company)) {
    for (const key of keys) {
      if (names.size < namedRemains) names.add(key.toString())
      else more++
    }
  }
  remains.push(...[...names].map((name) => `key ${name}`))
  if (more > 0) remains.push(`${more} more keys ${prefixOf(company)}*`)
  return remains
}

/** Key by key, because a server that divides keys into slots refuses several of different ones in one command. */
async function unlink(client: Redis, keys: readonly Buffer[]): Promise<number> {
  const replies = await runAll(
    client,
    keys.map((key) => ['UNLINK', key]),
  )
  return replies.reduce<number>((sum, reply) => sum + Number(reply), 0)
}

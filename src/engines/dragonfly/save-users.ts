import type { Redis } from 'ioredis'
import { isReply } from './errors.ts'

/**
 * Writes all users into the server's ACL file, so that they are there after a restart.
 * @returns false where the server has no such file
 */
export async function saveUsers(client: Redis): Promise<boolean> {
  try {
    await client.call('ACL', 'SAVE')
    return true
  } catch (error) {
    if (isReply(error) && /not configured to use an ACL file/i.test(error.message)) return false
    throw error
  }
}

/** Whether the server has an ACL file; null where it does not tell. */
export async function hasUsersFile(client: Redis): Promise<boolean | null> {
  const file = await readSetting(client, 'aclfile')
  return file === null ? null : file !== ''
}

/** A setting of the server; null where it has none of that name, or whoever is connected may not read it. */
export async function readSetting(client: Redis, name: string): Promise<string | null> {
  try {
    const reply = await client.call('CONFIG', 'GET', name)
    return Array.isArray(reply) && reply.length >= 2 ? String(reply[1]) : null
  } catch (error) {
    if (isReply(error)) return null
    throw error
  }
}

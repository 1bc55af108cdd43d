import type { Redis } from 'ioredis'
import { isReply } from '../errors.ts'

/**
 * Sends a command that must be refused.
 * @returns null where it was refused, or does not exist; else what the server made of it, in words. Every other error counts as
 * getting through: it comes from a command that has looked at its arguments.
 */
export async function tryCommand(client: Redis, name: string, args: readonly string[]): Promise<string | null> {
  try {
    return `the answer is ${describe(await client.call(name, ...args))}`
  } catch (error) {
    if (!isReply(error)) throw error
    if (/^(NOPERM|NOAUTH|WRONGPASS)|unknown (sub)?command|command not allowed/i.test(error.message)) return null
    return `the answer is the error ${describe(error.message)}`
  }
}

const describe = (reply: unknown): string => {
  const text = JSON.stringify(reply) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

import type { Redis } from 'ioredis'
import { isReply } from '../errors.ts'
import { tryCommand } from './outcome.ts'

export interface Parties {
  readonly victim: Redis
  readonly intruder: Redis
  /** A connection more of the intruder: one that has subscribed takes no other command. */
  readonly connect: () => Promise<Redis>
}

/** Tries to hear the victim's messages. */
export async function tryChannels({ intruder, connect }: Parties, stem: string): Promise<string[]> {
  const channel = `${stem}events`
  const through: string[] = []
  const published = await tryCommand(intruder, 'PUBLISH', [channel, 'x'])
  if (published !== null) through.push(`PUBLISH ${channel}: ${published}`)
  const subscriptions = [
    ['SUBSCRIBE', channel],
    ['SSUBSCRIBE', channel],
    ['PSUBSCRIBE', `${stem}*`],
    ['PSUBSCRIBE', '*'],
    ['PSUBSCRIBE', 't:*'],
  ] as const
  for (const [command, name] of subscriptions) {
    if (await isAllowed(await connect(), command, name)) through.push(`${command} ${name} was allowed`)
  }
  if (await isAllowed(await connect(), 'MONITOR')) through.push('MONITOR was allowed')
  return through
}

async function isAllowed(client: Redis, command: string, ...args: readonly string[]): Promise<boolean> {
  try {
    await client.call(command, ...args)
    return true
  } catch (error) {
    if (!isReply(error)) throw error
    return false
  } finally {
    client.disconnect()
  }
}

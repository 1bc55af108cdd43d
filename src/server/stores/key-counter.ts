import type { Redis } from 'ioredis'
import type { Config } from '../../config/schema.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { ensureUser } from '../../engines/dragonfly/acl/own-user.ts'
import { countKeys } from '../../engines/dragonfly/budget.ts'
import { administratorOf, connectTo, type Endpoint } from '../../engines/dragonfly/connection.ts'
import { counterUser } from '../../engines/dragonfly/counter-user.ts'

/** Counts keys as a user who can do nothing else. */
export interface KeyCounter {
  /** How many keys a company has; at most so many, where the whole server has far fewer than it may have. @throws DBS-1101, DBS-1102 */
  count(company: string, budget: number): Promise<number>
  close(): void
}

export function openKeyCounter(
  config: Config,
  endpoint: Endpoint,
  passwordOf: (user: string) => Promise<string>,
): KeyCounter {
  let opened: Promise<Redis> | undefined
  const connect = async (): Promise<Redis> => {
    const who = { user: counterUser.name, password: await passwordOf(counterUser.name) }
    const open = () => connectTo(endpoint, who, 'dbsvc serve counts')
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof DbsvcError && error.code === 'DBS-1102')) throw error
      // At the first count, and when a server that kept no users came back without its memory.
      await ensureUser(endpoint, administratorOf(config), counterUser, who.password)
      return open()
    }
  }
  const client = async (): Promise<Redis> => {
    const found = await opened?.catch(() => undefined)
    if (found?.status === 'ready') return found
    opened = connect()
    return opened
  }
  return {
    async count(company, budget) {
      const connection = await client()
      // No company has more keys than the whole server, which is one cheap question.
      const all = await connection.dbsize()
      return all <= budget / 2 ? all : countKeys(connection, company)
    },
    close() {
      void opened?.then(
        (connection) => connection.disconnect(),
        () => {},
      )
    },
  }
}

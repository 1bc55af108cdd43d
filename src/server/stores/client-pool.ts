import { DbsvcError } from '../../core/errors/error.ts'
import type { Way } from '../postgres/gateway.ts'

export interface ClientPoolOptions<Client> {
  /** Connects as the company itself. */
  readonly open: (company: string) => Promise<Client>
  readonly isUsable: (client: Client) => boolean
  readonly close: (client: Client) => Promise<void> | void
  /** More companies than that are not connected at the same time. */
  readonly most: number
  /** One that nobody has used for so long is closed. */
  readonly idleMs: number
}

/** One client for each company that asks, shared by its requests. */
export interface ClientPool<Client> {
  /**
   * Works with the company's client: by the direct way with one that is open, by the other with a new one where there is none.
   * @throws DBS-2301 no client by this way, nothing was sent; and what opening and the work throw
   */
  use<Result>(company: string, way: Way, work: (client: Client) => Promise<Result>): Promise<Result>
  /** How many companies have one. */
  size(): number
  close(): Promise<void>
}

interface Entry<Client> {
  readonly opening: Promise<Client>
  /** Undefined until it is open. */
  client: Client | undefined
  /** Requests that work with it. */
  users: number
  /** Runs while there are none. */
  idle: NodeJS.Timeout | undefined
}

export function createClientPool<Client>(options: ClientPoolOptions<Client>): ClientPool<Client> {
  const { open, isUsable, close, most, idleMs } = options
  // The one used longest ago comes first.
  const entries = new Map<string, Entry<Client>>()

  const discard = async (company: string, entry: Entry<Client>): Promise<void> => {
    clearTimeout(entry.idle)
    if (entries.get(company) === entry) entries.delete(company)
    const client = await entry.opening.catch(() => undefined)
    if (client !== undefined) await close(client)
  }

  const makeRoom = (): void => {
    if (entries.size < most) return
    for (const [company, entry] of entries) {
      if (entry.users > 0) continue
      void discard(company, entry)
      return
    }
    throw DbsvcError.of('DBS-2301', { reason: `${most} companies are connected, and all of them are at work` })
  }

  const connect = (company: string): Entry<Client> => {
    makeRoom()
    const entry: Entry<Client> = { opening: open(company), client: undefined, users: 0, idle: undefined }
    entry.opening.then(
      (client) => {
        entry.client = client
      },
      () => void discard(company, entry),
    )
    return entry
  }

  const find = (company: string, way: Way): Entry<Client> => {
    const found = entries.get(company)
    if (found?.client !== undefined && !isUsable(found.client)) {
      void discard(company, found)
      return find(company, way)
    }
    if (way === 'direct' && found?.client === undefined)
      throw DbsvcError.of('DBS-2301', { reason: `no connection of ${company} is open` })
    return found ?? connect(company)
  }

  return {
    async use(company, way, work) {
      const entry = find(company, way)
      entries.delete(company)
      entries.set(company, entry)
      clearTimeout(entry.idle)
      entry.users++
      try {
        return await work(await entry.opening)
      } finally {
        entry.users--
        if (entry.users === 0 && entries.get(company) === entry)
          entry.idle = setTimeout(() => void discard(company, entry), idleMs).unref()
      }
    },
    size: () => entries.size,
    async close() {
      await Promise.all([...entries].map(([company, entry]) => discard(company, entry)))
    },
  }
}

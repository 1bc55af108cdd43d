import pg from 'pg'

interface Idle {
  readonly role: string
  readonly client: pg.Client
}

/** Connections by role, at most `max` of them: for another role the one that was idle longest is closed. */
export class RolePools {
  readonly #settings: pg.ClientConfig
  readonly #max: number
  /** The one that was idle longest first. */
  readonly #idle = new Set<Idle>()
  readonly #byRole = new Map<string, Idle[]>()
  readonly #waiting: (() => void)[] = []
  #open = 0

  constructor(settings: pg.ClientConfig, max: number) {
    this.#settings = settings
    this.#max = max
  }

  async use<Result>(role: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = await this.#take(role)
    try {
      return await work(client)
    } finally {
      const idle = { role, client }
      this.#idle.add(idle)
      this.#of(role).push(idle)
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#idle].map(({ client }) => client.end()))
  }

  #of(role: string): Idle[] {
    const known = this.#byRole.get(role) ?? []
    this.#byRole.set(role, known)
    return known
  }

  async #take(role: string): Promise<pg.Client> {
    for (;;) {
      // The one used last is the warmest.
      const found = this.#of(role).pop()
      if (found !== undefined) {
        this.#idle.delete(found)
        return found.client
      }
      if (this.#open < this.#max || this.#closeOldest()) break
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#open += 1
    const client = new pg.Client({ ...this.#settings, user: role })
    await client.connect()
    return client
  }

  #closeOldest(): boolean {
    const [oldest] = this.#idle
    if (oldest === undefined) return false
    this.#idle.delete(oldest)
    this.#of(oldest.role).splice(this.#of(oldest.role).indexOf(oldest), 1)
    this.#open -= 1
    void oldest.client.end()
    return true
  }
}

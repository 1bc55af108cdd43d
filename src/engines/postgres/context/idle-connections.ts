import type { ContextConnection } from './connection.ts'

/** Connections that nobody uses, the one used last at the end. */
export class IdleConnections {
  #connections: { readonly connection: ContextConnection; readonly since: number }[] = []

  get size(): number {
    return this.#connections.length
  }

  add(connection: ContextConnection, since = performance.now()): void {
    this.#connections.push({ connection, since })
  }

  /** Whether it was there. */
  remove(connection: ContextConnection): boolean {
    const at = this.#connections.findIndex((idle) => idle.connection === connection)
    if (at >= 0) this.#connections.splice(at, 1)
    return at >= 0
  }

  /** One that is warm for the company. */
  takeWarm(company: string): ContextConnection | undefined {
    const found = this.#connections.findLast(({ connection }) => connection.isWarmFor(company))
    if (found !== undefined) this.remove(found.connection)
    return found?.connection
  }

  /** One that is warm for the company, else the one used last: the others may become superfluous. */
  takeAny(company: string): ContextConnection | undefined {
    return this.takeWarm(company) ?? this.#connections.pop()?.connection
  }

  /** Those unused for so long, the longest first. */
  unusedFor(ms: number): { readonly connection: ContextConnection; readonly since: number }[] {
    const latest = performance.now() - ms
    return this.#connections.filter(({ since }) => since <= latest).sort((a, b) => a.since - b.since)
  }

  takeAll(): ContextConnection[] {
    return this.#connections.splice(0).map(({ connection }) => connection)
  }
}

import type { ContextConnection } from './connection.ts'

/** Connections that nobody uses, the one given back last at the end. */
export class IdleConnections {
  #connections: ContextConnection[] = []

  get size(): number {
    return this.#connections.length
  }

  add(connection: ContextConnection): void {
    this.#connections.push(connection)
  }

  /** Whether it was there. */
  remove(connection: ContextConnection): boolean {
    const at = this.#connections.indexOf(connection)
    if (at >= 0) this.#connections.splice(at, 1)
    return at >= 0
  }

  /** One that is warm for the company. */
  takeWarm(company: string): ContextConnection | undefined {
    const found = this.#connections.findLast((connection) => connection.isWarmFor(company))
    if (found !== undefined) this.remove(found)
    return found
  }

  /** One that is warm for the company, else the one used last: the others may become superfluous. */
  takeAny(company: string): ContextConnection | undefined {
    return this.takeWarm(company) ?? this.#connections.pop()
  }

  /** Those unused for so long, the longest first. */
  unusedFor(ms: number): ContextConnection[] {
    const latest = performance.now() - ms
    return this.#connections.filter(({ usedAt }) => usedAt <= latest).sort((a, b) => a.usedAt - b.usedAt)
  }

  takeAll(): ContextConnection[] {
    return this.#connections.splice(0)
  }
}

import type { Exchange } from './exchange.ts'
import type { Wire } from './wire.ts'

/** An empty statement: runs nothing, and takes in whatever was still meant for the exchange before it. */
export class EmptyGroup implements Exchange {
  readonly disturbance = undefined
  answered = false

  send(wire: Wire): void {
    wire.stream.cork()
    wire.parse({ name: '', text: '' })
    wire.bind({ statement: '', values: [] })
    wire.execute({ rows: 0 })
    wire.sync()
    wire.stream.uncork()
  }

  parsed(): void {}
  described(): void {}
  row(): void {}
  completed(): void {
    this.answered = true
  }

  suspended(): void {}
  copying(): void {}
  /** By the cancellation that it was there to take in. */
  failed(): void {
    this.answered = true
  }
}

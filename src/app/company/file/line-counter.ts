const [lineFeed, carriageReturn] = [0x0a, 0x0d]

/** Knows the number of the line, from 1, that the next record of a text begins on. */
export class LineCounter {
  readonly #bytes: Uint8Array
  #offset = 0
  #line = 1

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#skipBlankLines()
  }

  get line(): number {
    return this.#line
  }

  /** The offset is where a record ended. */
  moveTo(offset: number): void {
    while (this.#offset < offset) this.#step()
    this.#skipBlankLines()
  }

  /** Moves to the line after this one. @returns its offset */
  nextLine(): number {
    const { line } = this
    while (this.#offset < this.#bytes.length && this.#line === line) this.#step()
    this.#skipBlankLines()
    return this.#offset
  }

  #step(): void {
    const byte = this.#bytes[this.#offset]
    const ends = byte === lineFeed || (byte === carriageReturn && this.#bytes[this.#offset + 1] !== lineFeed)
    if (ends) this.#line += 1
    this.#offset += 1
  }

  #skipBlankLines(): void {
    while (this.#bytes[this.#offset] === lineFeed || this.#bytes[this.#offset] === carriageReturn) this.#step()
  }
}

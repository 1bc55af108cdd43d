import type { Cell } from '../routing/cells.ts'

/** An array: values, or arrays of one dimension less. */
export type CellList = readonly (Cell | CellList)[]

/**
 * Reads an array as PostgreSQL writes it, such as `{1,NULL,"a,b"}` or `[0:1]={{1,2},{3,4}}`; lower bounds are left out.
 * Source: PostgreSQL, "Array Input and Output Syntax".
 */
export function parseList(text: string): CellList {
  const reader = new Reader(text, text.startsWith('[') ? text.indexOf('=') + 1 : 0)
  return reader.list()
}

/** Writes an array so that PostgreSQL reads it; every value is quoted, so that none is taken for NULL or for syntax. */
export function writeList(list: CellList): string {
  const items = list.map((item) => {
    if (item === null) return 'NULL'
    return typeof item === 'string' ? `"${item.replace(/["\\]/g, '\\$&')}"` : writeList(item)
  })
  return `{${items.join(',')}}`
}

class Reader {
  readonly #text: string
  #at: number

  constructor(text: string, at: number) {
    this.#text = text
    this.#at = at
  }

  list(): CellList {
    const items: (Cell | CellList)[] = []
    this.#at += 1
    while (this.#at < this.#text.length && this.#text[this.#at] !== '}') {
      items.push(this.#item())
      if (this.#text[this.#at] === ',') this.#at += 1
    }
    this.#at += 1
    return items
  }

  #item(): Cell | CellList {
    const first = this.#text[this.#at]
    if (first === '{') return this.list()
    if (first === '"') return this.#quoted()
    const start = this.#at
    while (this.#at < this.#text.length && !',}'.includes(this.#text[this.#at] as string)) this.#at += 1
    const word = this.#text.slice(start, this.#at)
    return word === 'NULL' ? null : word
  }

  #quoted(): string {
    let value = ''
    this.#at += 1
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      if (this.#text[this.#at] === '\\') this.#at += 1
      value += this.#text[this.#at] ?? ''
      this.#at += 1
    }
    this.#at += 1
    return value
  }
}

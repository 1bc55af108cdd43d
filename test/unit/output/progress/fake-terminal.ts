import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import type { Terminal } from '../../../../src/output/terminal.ts'

export interface FakeTerminal extends Terminal {
  /** All that was written, with the sequences that move the cursor. */
  raw(): string
  /** What each write showed: a frame, or text above it. */
  writes(): string[]
  resize(columns: number, rows: number): void
}

export function fakeTerminal(columns: number, rows: number): FakeTerminal {
  const chunks: string[] = []
  const stream = new PassThrough()
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  const terminal = Object.assign(stream, {
    isTTY: true,
    columns,
    rows,
    raw: () => chunks.join(''),
    writes: () => chunks.map(stripVTControlCharacters).filter((text) => text !== ''),
    resize(toColumns: number, toRows: number) {
      Object.assign(terminal, { columns: toColumns, rows: toRows })
      terminal.emit('resize')
    },
  })
  return terminal
}

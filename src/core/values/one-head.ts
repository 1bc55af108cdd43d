const lineFeed = 0x0a

/** Of chDB's. */
interface Piece {
  raw(): Uint8Array
}

/** chDB begins each piece of a stream as if it were the whole. @returns the pieces with the head of the first alone */
export async function* withOneHead(pieces: AsyncIterable<Piece>, format: string): AsyncGenerator<Uint8Array> {
  const lines = format.endsWith('WithNamesAndTypes') ? 2 : format.endsWith('WithNames') ? 1 : 0
  let first = true
  for await (const piece of pieces) {
    const bytes = piece.raw()
    yield first ? bytes : bytes.subarray(endOf(bytes, lines))
    first = false
  }
}

function endOf(bytes: Uint8Array, lines: number): number {
  let end = 0
  for (let line = 0; line < lines; line += 1) {
    const next = bytes.indexOf(lineFeed, end)
    if (next < 0) return bytes.length
    end = next + 1
  }
  return end
}

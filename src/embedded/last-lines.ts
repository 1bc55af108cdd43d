import { open } from 'node:fs/promises'

const longestTail = 16_384

/** The last five lines that were written to the file after `from` bytes. */
export async function lastLines(file: string, from: number): Promise<string[]> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const start = Math.max(from, size - longestTail)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(size - start), position: start })
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-5)
  } finally {
    await handle.close()
  }
}

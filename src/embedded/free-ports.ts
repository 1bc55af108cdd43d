import { once } from 'node:events'
import { createServer } from 'node:net'

export const host = '127.0.0.1'

const highestPort = 65_535

export const findFreePort = (): Promise<number> => findFreePorts(1)

/** The first of `count` free ports that follow one another. */
export async function findFreePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = await tryPort(0)
    if (first !== null && (await areFree(first, count))) return first
  }
  throw new Error(count === 1 ? `no port of ${host} is free` : `no ${count} ports of ${host} in a row are free`)
}

/** Whether `first` and those behind it are free. */
export async function areFree(first: number, count: number): Promise<boolean> {
  if (!Number.isInteger(first) || first < 1 || first + count - 1 > highestPort) return false
  const row = Array.from({ length: count }, (_, offset) => tryPort(first + offset))
  return (await Promise.all(row)).every((port) => port !== null)
}

/** Returns the port if it is free; 0 is any free one; null when it is taken. */
async function tryPort(port: number): Promise<number | null> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return null
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? null) : null
}

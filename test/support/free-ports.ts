import { once } from 'node:events'
import { createServer } from 'node:net'
import { findFreePort, host } from '../../src/embedded/postgres/port.ts'

/** The first of so many free ports that follow one another. */
export async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = await findFreePort()
    const others = await Promise.all(Array.from({ length: count - 1 }, (_, index) => isFree(first + 1 + index)))
    if (others.every(Boolean)) return first
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true })
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

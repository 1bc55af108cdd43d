import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { host } from '../free-ports.ts'

export const readyWithinMs = 30_000

/**
 * Waits until the server accepts a connection with this password. Returns false when `signal` aborts first.
 * Throws after 30 s, and at once on an answer that waiting does not change.
 */
export async function waitUntilReady(port: number, password: string, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + readyWithinMs
  while (!signal.aborted) {
    const refusal = await tryConnect(port, password)
    if (refusal === null) return true
    if (!isPassing(refusal)) throw refusal
    if (performance.now() > deadline)
      throw new Error(`no connection within ${readyWithinMs / 1000} s: ${refusal.message}`)
    await delay(25)
  }
  return false
}

async function tryConnect(port: number, password: string): Promise<(Error & { code?: string }) | null> {
  const client = new Client({
    host,
    port,
    password,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return null
  } catch (error) {
    return error as Error
  } finally {
    await client.end().catch(() => {})
  }
}

/** Not listening yet, or 57P03: starting up, or in recovery. Errors without a code are pg's own, of connections that break or take too long. */
function isPassing({ code }: { code?: string }): boolean {
  return code === undefined || code === '57P03' || code.startsWith('E')
}

import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** Stands before a PostgreSQL 18 and has it say of itself that it is another release, for this test. Returns its port on 127.0.0.1. */
export async function pretendRelease(port: number, versionNumber: number): Promise<number> {
  const server = await standBefore(port, versionNumber)
  onTestFinished(() => void server.close())
  return portOf(server)
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port

/** The same, until it is closed. Both numbers have six digits, so that nothing else of a message changes. */
export async function standBefore(port: number, versionNumber: number): Promise<Server> {
  const server = createServer((client) => {
    const real = connect(port, '127.0.0.1')
    client.pipe(real)
    real.on('data', (data) =>
      client.write(
        Buffer.from(data.toString('latin1').replace(/(?<!\w)1800\d\d(?!\d)/g, String(versionNumber)), 'latin1'),
      ),
    )
    for (const [one, other] of [
      [client, real],
      [real, client],
    ] as const) {
      one.on('close', () => other.destroy())
      one.on('error', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

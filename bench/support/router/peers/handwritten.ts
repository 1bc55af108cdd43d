import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { Contender } from '../contender.ts'
import { createHttpClient } from '../http-client.ts'
import { printedPort } from '../printed-port.ts'
import type { World } from '../world.ts'

const program = fileURLToPath(new URL('./handwritten-service.ts', import.meta.url))

/** A process of its own, like dbsvc, asked by the same client. */
export async function startHandwritten({ database }: World, max: number): Promise<Contender> {
  const { host, port, database: name } = database
  const settings = { host, port, database: name, user: 'bench_shared', max }
  const running = execa(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    buffer: false,
    reject: false,
  })
  const client = createHttpClient(await printedPort(running.stdout))
  return {
    name: 'handwritten',
    description: `fastify and pg, shared role, BEGIN, SET LOCAL, the statement, COMMIT; pool of ${max}, neither authentication nor log`,
    async ask(company, { text }, params) {
      const body = await client.post({
        path: '/query',
        headers: '',
        body: JSON.stringify({ company, sql: text, params }),
      })
      const { rows } = JSON.parse(body) as { rows: readonly Record<string, unknown>[] }
      return rows.map(Object.values)
    },
    async stop() {
      client.close()
      running.kill('SIGTERM')
      await running
    },
  }
}

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Phase } from '../support/request-proxy.ts'
import { startRouter } from '../support/router.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'

let cluster: Cluster
const proxies: WireProxy[] = []

beforeAll(async () => {
  cluster = await createCluster()
})
afterAll(async () => {
  for (const proxy of proxies) await proxy.close()
})

const write = (id: string) => ({
  sql: `insert into users (user_id, email, subscription_tier) values ($1, $2, 'free') returning user_id, created_at`,
  params: [id, `${id}@x`],
  idempotency_key: `key-${id}`,
})
const count = async (id: string): Promise<number> => {
  const sql = 'select from users where user_id = $1'
  return (await cluster.as({ company: 'company_abc' }, sql, [id])).rows.length
}

test.each([
  ['before', 0],
  ['after', 1],
] as const)(
  'a router killed %s PostgreSQL was told to commit: the retry gets one result of one write',
  async (phase: Phase, done) => {
    const id = `killed-${phase}`
    const killed = Promise.withResolvers<void>()
    const proxy = await startWireProxy(cluster.database, {
      at: ({ kind, text }) => kind === 'sync' && text.includes('record_idempotent_response'),
      phase,
      async act(proxy) {
        router.process.kill('SIGKILL')
        await router.process.exited
        proxy.cut()
        killed.resolve()
      },
    })
    proxies.push(proxy)
    const router = await startRouter(cluster, { env: { DBSVC_POSTGRES_PORT: String(proxy.port) } })
    await expect(router.post('/v1/execute', write(id))).rejects.toThrow()
    await killed.promise
    expect(await count(id)).toBe(done)

    const next = await startRouter(cluster)
    // A service of its own has keys of its own; this is the one that was cut off.
    const headers = { authorization: `Bearer ${router.key}` }
    const answer = await next.post<{ rows: unknown[][]; info: { replayed?: boolean } }>(
      '/v1/execute',
      write(id),
      headers,
    )
    expect(answer).toMatchObject({ status: 200, body: { rows: [[id, expect.anything()]] } })
    expect(answer.body.info.replayed).toBe(done === 1 ? true : undefined)
    expect(await count(id)).toBe(1)
    await next.stop()
  },
  120_000,
)

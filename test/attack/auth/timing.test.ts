import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestOf, newApiKey } from '../../../src/core/service/api-key.ts'
import { openKeyCredentials } from '../../../src/server/auth/key-credentials.ts'
import { createCluster } from '../../support/shipped-cluster.ts'

const random = () => `dbk_${randomBytes(32).toString('base64url')}`

test('a key that is nearly right takes as long to refuse as any other', async () => {
  const cluster = await createCluster()
  const { key, digest, keyId } = newApiKey()
  await cluster.database.query(
    `insert into dbsvc.services (service, engines, verbs) values ('timed', '{postgres}', '{read}')`,
  )
  await cluster.database.query('insert into dbsvc.service_keys (key_id, service, digest) values ($1, $2, $3)', [
    keyId,
    'timed',
    digest,
  ])
  const client = await cluster.database.connect()
  const credentials = openKeyCredentials(client, 60_000)
  const caller = { requestId: 'r', address: '127.0.0.1', certificate: undefined, arrivedAt: 0 }
  const judge = async (bearer: string) => credentials.judge({ ...caller, bearer, signal: new AbortController().signal })

  const took = { near: [] as number[], far: [] as number[] }
  const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(
    (letter) => letter !== key.at(-1),
  )
  for (let turn = 0; turn < 4_000; turn += 1) {
    const near = key.slice(0, -1) + others[turn % others.length]
    for (const [kind, bearer] of turn % 2 === 0
      ? ([
          ['near', near],
          ['far', random()],
        ] as const)
      : ([
          ['far', random()],
          ['near', near],
        ] as const)) {
      const startedAt = performance.now()
      await judge(bearer)
      took[kind].push(performance.now() - startedAt)
    }
  }
  const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length / 2] ?? 0
  const ratio = median(took.near) / median(took.far)
  expect(ratio).toBeGreaterThan(0.8)
  expect(ratio).toBeLessThan(1.25)
  expect(await judge(key)).toMatchObject({ name: 'timed', credential: keyId })
}, 60_000)

test('what is compared shares nothing with another key, however much the keys share', () => {
  const { key, digest } = newApiKey()
  const near = digestOf(key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A'))
  expect(near.subarray(0, 8).equals(digest.subarray(0, 8))).toBe(false)
})

import { beforeAll, expect, test } from 'vitest'
import { digestOf, newApiKey } from '../../../src/core/service/api-key.ts'
import type { Alteration } from '../../support/alterations.ts'
import { grantsWith, startRouter, type TestRouter } from '../../support/router.ts'
import { type Cluster, createCluster } from '../../support/shipped-cluster.ts'

/**
 * What the best of clocks would tell of a comparison that ends with the first byte that differs: how many bytes it took. The attacker
 * is told instead of measuring, so that nothing here depends on the machine.
 */
const clock: readonly Alteration[] = [
  {
    file: 'server/auth/key-credentials.ts',
    from: `    const found = known.get(indexOf(digest))
    return found !== undefined && timingSafeEqual(found.digest, digest) ? found : undefined`,
    to: `    let longest = 0
    let equal
    for (const each of known.values()) {
      let at = 0
      while (at < digest.length && each.digest[at] === digest[at]) at += 1
      longest = Math.max(longest, at)
      if (at === digest.length) equal = each
    }
    globalThis.comparedBytes = longest
    return equal`,
  },
  {
    file: 'server/auth/create-authenticator.ts',
    from: `'the credential is not valid'`,
    to: `'compared ' + globalThis.comparedBytes`,
  },
]

const keysThemselves: readonly Alteration[] = [
  {
    file: 'core/service/api-key.ts',
    from: `hash('sha256', key, 'buffer')`,
    to: `Buffer.from(key.slice(4), 'base64url')`,
  },
]

const { key, digest, keyId } = newApiKey()
const secret = Buffer.from(key.slice(4), 'base64url')
// The rest would be found in the same way, in more requests.
const knownBytes = 28
let cluster: Cluster

beforeAll(async () => {
  cluster = await createCluster()
  await cluster.dbsvc('service', 'create', 'timed', ...grantsWith())
})

/** Byte after byte, takes the one for which the comparison lasts longest. */
async function guess(router: TestRouter): Promise<string> {
  const bearer = (bytes: Buffer): string => `dbk_${bytes.toString('base64url')}`
  const send = async (bytes: Buffer): Promise<{ status: number; compared: number }> => {
    const { status, body } = await router.post<{ error?: { message: string } }>(
      '/v1/query',
      { sql: 'select 1' },
      { authorization: `Bearer ${bearer(bytes)}` },
    )
    return { status, compared: Number(/compared (\d+)/.exec(body.error?.message ?? '')?.[1] ?? bytes.length) }
  }
  const guessed = Buffer.alloc(secret.length)
  secret.copy(guessed, 0, 0, knownBytes)
  for (let at = knownBytes; at < secret.length; at += 1) {
    let best = { byte: 0, compared: -1 }
    for (let byte = 0; byte < 256; byte += 1) {
      guessed[at] = byte
      const { status, compared } = await send(guessed)
      if (status === 200) return bearer(guessed)
      if (compared > best.compared) best = { byte, compared }
      if (compared > at) break
    }
    guessed[at] = best.byte
  }
  return bearer(guessed)
}

const guessFrom = async (stored: Buffer, alterations: readonly Alteration[]): Promise<string> => {
  await cluster.database.query('delete from dbsvc.service_keys')
  const router = await startRouter(cluster, {
    alterations,
    env: { DBSVC_SERVER_AUTH_FAILURES_PER_MINUTE: '100000', DBSVC_SERVER_LOG_LEVEL: 'silent' },
  })
  await cluster.database.query('delete from dbsvc.service_keys')
  await cluster.database.query('insert into dbsvc.service_keys (key_id, service, digest) values ($1, $2, $3)', [
    keyId,
    'timed',
    stored,
  ])
  // The row that was just made is known once this is taken.
  await expect.poll(() => askAs(router, key), { timeout: 30_000 }).toBe(200)
  const guessed = await guess(router)
  await router.stop()
  return guessed
}

const askAs = async (router: TestRouter, bearer: string): Promise<number> =>
  (await router.post('/v1/query', { sql: 'select 1' }, { authorization: `Bearer ${bearer}` })).status

test('a key cannot be guessed byte by byte, however well the time of its comparison is measured', async () => {
  expect(await guessFrom(digest, clock)).not.toBe(key)
}, 120_000)

test('it could be, if keys were compared and not their digests', async () => {
  expect(await guessFrom(secret, [...clock, ...keysThemselves])).toBe(key)
}, 120_000)

test('what is compared shares nothing with another key, however much the keys share', () => {
  const near = digestOf(key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A'))
  expect(near.subarray(0, 8).equals(digest.subarray(0, 8))).toBe(false)
})

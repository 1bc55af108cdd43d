import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, inject, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { startRouter, type TestRouter } from '../support/router.ts'
import { expectExit, type Given, givenOrders, secretsDirectory } from './support/given.ts'

const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]

let given: Given
let secrets: string
const withKey = (key: string, previous?: string) => ({
  DBSVC_SECRETS_DIRECTORY: secrets,
  DBSVC_SECRETS_KEY: key,
  ...(previous === undefined ? {} : { DBSVC_SECRETS_PREVIOUS_KEY: previous }),
})

beforeAll(async () => {
  given = await givenOrders({ companies: ['abc'] })
  secrets = await mkdtemp(join(inject('runDirectory'), 'secrets-'))
  await cp(secretsDirectory(), secrets, { recursive: true })
  expectExit(await given.dbsvc(['secret', 'rotate'], { env: withKey(first) }), ExitCode.Ok)
})

/** Asks both routers over and over; what was answered, by status. */
function keepAsking(routers: readonly TestRouter[]): { stop(): Promise<ReadonlyMap<number, number>> } {
  const seen = new Map<number, number>()
  let asking = true
  const ask = async (router: TestRouter): Promise<void> => {
    while (asking) {
      const { status } = await router.post('/v1/query', { sql: 'select 1' }, { 'x-dbsvc-company': 'abc' })
      seen.set(status, (seen.get(status) ?? 0) + 1)
    }
  }
  const done = Promise.all(routers.map(ask))
  return {
    async stop() {
      asking = false
      await done
      return seen
    },
  }
}

const start = (env: Record<string, string>): Promise<TestRouter> =>
  startRouter({ dbsvc: (...args) => given.dbsvc(args), project: given }, { env })

test('the sealing key changes while routers serve: no request is refused, and nothing is left sealed with the old one', async () => {
  const old = await start(withKey(first))
  const before = keepAsking([old])
  // One after the other they are started with both keys, as docs/operations.md says.
  const renewed = await start(withKey(second, first))
  expect([...(await before.stop()).keys()]).toEqual([200])
  await old.stop()

  const during = keepAsking([renewed])
  const rotated = await given.dbsvc(['secret', 'rotate', '--json'], { env: withKey(second, first) })
  expectExit(rotated, ExitCode.Ok)
  expect(rotated.json<{ resealed: string[] }>().resealed).toHaveLength((await readdir(secrets)).length)
  expectExit(await given.dbsvc(['key', 'rotate'], { env: withKey(second, first) }), ExitCode.Ok)
  const last = await start(withKey(second))
  expect((await last.post('/v1/query', { sql: 'select 1' }, { 'x-dbsvc-company': 'abc' })).status).toBe(200)
  const answered = await during.stop()
  expect([...answered.keys()]).toEqual([200])
  expect(answered.get(200)).toBeGreaterThan(10)

  const listed = await given.dbsvc(['secret', 'list', '--json'], { env: withKey(second) })
  const seals = listed.json<{ secrets: { sealedWith: string | null }[] }>().secrets.map(({ sealedWith }) => sealedWith)
  expect(new Set(seals).size).toBe(1)
  const texts = await Promise.all((await readdir(secrets)).map((name) => readFile(join(secrets, name), 'utf8')))
  expect(texts.join('\n')).not.toContain('"keys"')
})

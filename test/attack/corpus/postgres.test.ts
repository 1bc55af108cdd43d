import { join } from 'node:path'
import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import type { TestDatabase } from '../../support/database.ts'
import { describeEngines } from '../../support/engines.ts'
import { startRouter } from '../../support/router.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import {
  type Credentials,
  type Door,
  loginDoor,
  poolDoor,
  readCredentials,
  routerDoor,
  sharedRoleDoor,
  trustingDoor,
} from './runner/doors.ts'
import { effectsOf, succeeded } from './runner/judge.ts'
import { loadFamilies, postgresFamilies } from './runner/load.ts'
import { guard, type Mechanism } from './runner/mechanism.ts'
import { canaries, createScene, rowCanary, type Scene } from './runner/scene.ts'
import { tally } from './runner/tally.ts'
import type { Entry, Technique } from './runner/technique.ts'

const families = await loadFamilies(postgresFamilies)

describeEngines('the corpus', ({ timescale, server }) => {
  const engine = timescale ? 'timescaledb' : 'postgres'
  let own: EmbeddedPostgres | null = null
  let scene: Scene
  let credentials: Credentials
  let doors: Readonly<Record<Entry, Door>>
  let honestDoors: Readonly<Record<Entry, Door>>
  const copies = new Map<Mechanism | null, TestDatabase>()

  beforeAll(async () => {
    // Of its own, as some mechanisms are of the whole server.
    if (!timescale) {
      const settings = {
        fsync: 'off',
        max_connections: '100',
        max_locks_per_transaction: '256',
        max_prepared_transactions: '10',
      }
      own = await startEmbeddedPostgres({ directory: await ownDirectory('corpus'), port: 0, settings })
    }
    const where = own ?? server()
    scene = await createScene(where)
    credentials = await readCredentials(join(inject('runDirectory'), `secrets-${where?.port}`))
    const router = routerDoor(await startRouter(scene.cluster))
    doors = { query: router, execute: router, batch: router, ...databaseDoors(scene.cluster.database) }
    honestDoors = { ...doors, ...databaseDoors(scene.cluster.database, { keep: true }) }
  }, 120_000)
  afterAll(() => own?.stop('immediate'))

  const databaseDoors = (database: TestDatabase, { keep = false, commits = false } = {}) => ({
    'shared role': sharedRoleDoor(database, credentials, { keep, commits }),
    login: loginDoor(database, scene.loginRole, scene.loginPassword, keep),
    pool: poolDoor(database, credentials),
  })

  /** A throw-away database; those whose mechanism is put back afterwards share one. */
  const copyFor = async (mechanism: Mechanism, commits: boolean): Promise<TestDatabase> => {
    const key = mechanism.on === undefined || commits ? mechanism : null
    const known = copies.get(key)
    if (known !== undefined) return known
    const database = await scene.copy()
    copies.set(key, database)
    await withClient(database, async (client) => {
      await client.query('analyze')
      if (key !== null) await mechanism.off(client)
    })
    return database
  }

  /** The same attempt with the one mechanism that it targets removed. */
  const undefended = async (technique: Technique, steps: Technique['variants'][string]) => {
    const { mechanism, entry } = technique
    // What it changes without the guard is looked for, in a copy where the attacker's own rows may go.
    const commits = mechanism === guard && writes.test(String(steps))
    const database = await copyFor(mechanism, commits)
    const doorsThen = databaseDoors(database, { commits })
    const door = mechanism.trusting === true ? trustingDoor(database, credentials) : doorsThen[withoutGuard(entry)]
    if (mechanism.on !== undefined) await withClient(database, mechanism.off)
    try {
      const before = await effectsOf(technique.success, database)
      const digest = await scene.victimDigest(database)
      const outcome = await door.send(technique, steps)
      const hit = await succeeded(technique.success, outcome, database, before)
      return { outcome, hit, changed: (await scene.victimDigest(database)) !== digest }
    } finally {
      if (mechanism.on !== undefined) await withClient(database, mechanism.on)
    }
  }

  for (const { family, techniques } of families) {
    describe(family, () => {
      for (const technique of techniques.filter(({ on }) => on === undefined || (on === 'timescaledb') === timescale)) {
        const { name, entry, success, refusal, honest } = technique
        describe(`${name} by ${entry}`, () => {
          let before: string
          beforeAll(async () => {
            before = await scene.victimDigest()
          })

          test.for(Object.entries(technique.variants))('%s', ([, steps], context) =>
            tally(context, { family, engine }, async () => {
              expect(String(steps)).not.toMatch(canaries)
              const outcome = await doors[entry].send(technique, steps)
              const told = outcome.told.map(({ bytes }) => bytes).join('\n')
              expect(told).not.toMatch(canaries)
              expect(await succeeded(success, outcome, scene.cluster.database), told).toBe(false)
              const refused = outcome.told.find(({ verdict }) => verdict !== 'ok') ?? outcome.told.at(-1)
              expect(refused?.verdict).toMatch(refusal)
              const used = await honestDoors[entry].send({ ...technique, entered: true, success: 'runs' }, honest)
              expect(used.told.at(-1)).toMatchObject({
                verdict: 'ok',
                rowCount: expect.toSatisfy((count) => count > 0),
              })

              const without = await undefended(technique, steps)
              const toldThen = without.outcome.told.map(({ bytes }) => bytes).join('\n')
              expect(without.hit, `without ${technique.mechanism.name}: ${toldThen.slice(0, 2_000)}`).toBe(true)
              // Without the guard, the signed context still keeps the rows from being read and changed.
              if (technique.mechanism === guard) {
                expect(toldThen).not.toMatch(rowCanary)
                expect(without.changed).toBe(false)
              }
            }))

          test('nothing of the victim was changed', async () => {
            expect(await scene.victimDigest()).toBe(before)
          })
        })
      }
    })
  }
})

const writes = /\b(insert|update|delete|merge|for (update|key share))\b/i

const withoutGuard = (entry: Entry): 'shared role' | 'login' | 'pool' =>
  entry === 'login' || entry === 'pool' ? entry : 'shared role'

/** The superuser's, one for each database. */
const admins = new Map<string, Promise<Client>>()

async function withClient(database: TestDatabase, work: NonNullable<Mechanism['on']>): Promise<void> {
  const admin = admins.get(database.database) ?? database.connect()
  admins.set(database.database, admin)
  await work(await admin)
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import { installPythonClient } from '../../clients/support/python.ts'
import { describeEngine } from '../../support/engines.ts'
import type { TestRouter } from '../../support/router.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { techniques as ofIngest } from './ingest/rows.ts'
import type { Door } from './runner/doors.ts'
import { effectsOf, succeeded } from './runner/judge.ts'
import { type Family, loadFamilies } from './runner/load.ts'
import { guard, type Mechanism } from './runner/mechanism.ts'
import { provableBy } from './runner/provable.ts'
import { type Place, RouterCopies } from './runner/router-copies.ts'
import { doorTo, type RouterEntry } from './runner/router-doors.ts'
import { canaries, createScene, type Scene } from './runner/scene.ts'
import { tally } from './runner/tally.ts'
import type { Steps, Technique } from './runner/technique.ts'

// What is sent as JSON elsewhere comes by every other door of the router here, and so does what is sent to the database itself.
// Of those that differ in one word, some will do here.
const mostVariants = 6
const families = await loadFamilies(['identity', 'object-definition', 'protocol', 'side-channels'])

let server: EmbeddedPostgres
let scene: Scene
// Starting a router takes longer than all that is sent to it, so that the doors share those on which nobody changes anything.
let routersForReading: RouterCopies
beforeAll(async () => {
  const settings = { fsync: 'off', max_connections: '200', max_locks_per_transaction: '256' }
  server = await startEmbeddedPostgres({ directory: await ownDirectory('entries'), port: 0, settings })
  scene = await createScene(server)
  routersForReading = new RouterCopies(scene, server.port)
}, 300_000)
afterAll(async () => {
  await routersForReading?.close()
  await server?.stop('immediate')
})

function attack(entry: RouterEntry, among: readonly Family[]): void {
  let routers: RouterCopies
  let place: Place
  let door: (router: TestRouter) => Door

  beforeAll(async () => {
    const pythonPath = entry === 'Python client' ? await installPythonClient() : ''
    const doors = new Map<TestRouter, Door>()
    door = (router) => {
      const known = doors.get(router) ?? doorTo(router, entry, pythonPath)
      doors.set(router, known)
      return known
    }
    routers = new RouterCopies(scene, server.port)
    place = await routers.whole()
  }, 300_000)
  afterAll(() => routers?.close())

  /** Whether it gets what it is after with these removed. */
  async function succeedsWithout(mechanisms: readonly Mechanism[], technique: Technique, steps: Steps) {
    const copies = entry === 'ingest' || changesSomething(technique) ? routers : routersForReading
    const { database, admin, router } = await copies.without(mechanisms)
    await admin.query(tidy)
    try {
      for (const mechanism of mechanisms) await mechanism.off(admin)
      const before = await effectsOf(technique.success, database)
      const { told } = await door(router).send(technique, steps)
      return await succeeded(technique.success, { told }, database, before)
    } finally {
      for (const mechanism of mechanisms) await mechanism.on?.(admin)
    }
  }

  /** Of two that are in the way, the guard comes first. */
  async function isProven(refused: string, technique: Technique, steps: Steps): Promise<boolean> {
    if (!/^DBS-220/.test(refused)) return succeedsWithout([technique.mechanism], technique, steps)
    if (await succeedsWithout([guard], technique, steps)) return true
    return technique.mechanism !== guard && succeedsWithout([guard, technique.mechanism], technique, steps)
  }

  for (const { family, techniques } of among) {
    for (const technique of techniques.filter((each) => isFor(each, entry)).map((each) => provableBy(entry, each))) {
      const variants = Object.entries(technique.variants).slice(0, mostVariants)
      test.runIf(variants.length > 0)(
        `${family}: ${technique.name} by ${technique.entry}`,
        async (context) => {
          for (const [variant, steps] of variants) {
            await tally(context, { family, engine: entry }, async () => {
              await place.admin.query(tidy)
              const { told } = await door(place.router).send(technique, steps)
              const bytes = told.map((step) => step.bytes).join('\n')
              expect(bytes, variant).not.toMatch(canaries)
              expect(await succeeded(technique.success, { told }, place.database), `${variant}: ${bytes}`).toBe(false)
              const refused = told.find(({ verdict }) => verdict !== 'ok')?.verdict ?? 'ok'
              expect(refused, variant).toMatch(
                isOfRouter(technique, entry) ? technique.refusal : /^(ok$|DBS-2(00[14]|20\d) )/,
              )
              expect(await isProven(refused, technique, steps), `${variant} without ${technique.mechanism.name}`).toBe(
                true,
              )
            })
          }
          const used = await door(place.router).send({ ...technique, entry: honestEntry(technique) }, technique.honest)
          expect(used.told.at(-1)).toMatchObject({ verdict: 'ok', rowCount: expect.toSatisfy((count) => count > 0) })
        },
        300_000,
      )
    }
  }

  test('what the victim has is as it was', async () => {
    const [row] = await place.database.query<{ count: number }>(
      `select count(*)::int from notes where company_id = 'company_xyz' and text ~ '^canary_note'`,
    )
    expect(row?.count).toBe(3)
  })
}

/** Pools are attacked in postgres.test.ts; and where only reading is expected, the transaction keeps writes out as well. */
const isFor = ({ entry: own, on, onlyWhereReading }: Technique, entry: RouterEntry): boolean =>
  own !== 'login' &&
  own !== 'pool' &&
  on !== 'timescaledb' &&
  onlyWhereReading !== true &&
  !(entry === 'stream' && (own === 'batch' || own === 'execute'))

/** Whether it may leave another database behind than the next attempt expects, be it the attacker's own rows or a sequence. */
const changesSomething = ({ variants }: Technique): boolean =>
  Object.values(variants).some((steps) =>
    /\b(insert|update|delete|merge|truncate|into|create|nextval)\b/i.test(String(steps)),
  )

/** What attempts leave of the attacker's own, which the next one would stumble over. */
const tidy = `delete from tenant_configurations where company_id = 'company_abc' and config_key = 'secret_plan'`

const isOfRouter = ({ entry }: Technique, door: RouterEntry): boolean =>
  door === 'ingest' || (door !== 'batch' && door !== 'stream' && ['query', 'execute', 'batch'].includes(entry))
const honestEntry = ({ entry }: Technique): Technique['entry'] => (entry === 'batch' ? 'query' : entry)

describe('the corpus over Connect', () => attack('Connect', families))
describe('the corpus as streams', () => attack('stream', families))
describe('the corpus in batches', () => attack('batch', families))
describe('rows put in at once', () => attack('ingest', [{ family: 'ingest', techniques: ofIngest }]))
describeEngine('python', 'the corpus over the client for Python', () => attack('Python client', families))

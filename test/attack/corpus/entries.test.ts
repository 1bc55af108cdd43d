import type { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import { installPythonClient } from '../../clients/support/python.ts'
import type { Alteration } from '../../support/alterations.ts'
import type { TestDatabase } from '../../support/database.ts'
import { runDbsvc } from '../../support/dbsvc.ts'
import { describeEngine } from '../../support/engines.ts'
import { createProject } from '../../support/project.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { techniques as ofIngest } from './ingest/rows.ts'
import type { Door } from './runner/doors.ts'
import { effectsOf, succeeded } from './runner/judge.ts'
import { type Family, loadFamilies } from './runner/load.ts'
import { guard, type Mechanism } from './runner/mechanism.ts'
import { doorTo, type RouterEntry } from './runner/router-doors.ts'
import { canaries, createScene, type Scene } from './runner/scene.ts'
import { tally } from './runner/tally.ts'
import type { Technique } from './runner/technique.ts'

// What is sent as JSON elsewhere comes by every other door of the router here, and what is sent to the database itself comes by them too.
// Of those that differ in one word, some will do here.
const mostVariants = 6
const families = (
  await loadFamilies(['identity', 'object-definition', 'protocol', 'session-reuse', 'side-channels'])
).map(({ family, techniques }) => ({ family, techniques: techniques.filter(isText) }))

function isText({ entry, on, variants }: Technique): boolean {
  return (
    entry !== 'login' && on !== 'timescaledb' && Object.values(variants).every((steps) => typeof steps !== 'function')
  )
}

const withoutGuard: Alteration = {
  file: 'server/guard/open-guard.ts',
  from: 'judge(text, allowed, company) {',
  to: 'judge(text, allowed, company) { return { verb: allowed, reads: [], writes: [], cacheable: false }',
}

let server: EmbeddedPostgres
let scene: Scene
beforeAll(async () => {
  const settings = { fsync: 'off', max_connections: '200', max_locks_per_transaction: '256' }
  server = await startEmbeddedPostgres({ directory: await ownDirectory('entries'), port: 0, settings })
  scene = await createScene(server)
}, 300_000)
afterAll(() => server?.stop('immediate'))

/** A router on a copy of the scene. */
async function routerOnCopy(alterations: readonly Alteration[] = []) {
  const database = await scene.copy()
  const directory = `${inject('runDirectory')}/secrets-${server.port}`
  const project = await createProject({ database, config: { secrets: { directory } } })
  const dbsvc = async (...args: readonly string[]) => runDbsvc(args, { cwd: project.directory })
  return { database, router: await startRouter({ dbsvc, project }, { alterations }) }
}

interface Place {
  readonly database: TestDatabase
  /** The superuser's. */
  readonly admin: Client
  readonly router: TestRouter
  readonly door: Door
}

function attack(entry: RouterEntry, among: readonly Family[], least: number): void {
  let proven = 0
  let pythonPath = ''
  let place: Place
  const copies = new Map<Mechanism, Promise<Place>>()

  const open = async (alterations: readonly Alteration[] = []): Promise<Place> => {
    const opened = await routerOnCopy(alterations)
    const admin = await opened.database.connect()
    return { ...opened, admin, door: doorTo(opened.router, entry, pythonPath) }
  }
  beforeAll(async () => {
    if (entry === 'Python client') pythonPath = await installPythonClient()
    place = await open()
  }, 300_000)
  afterAll(async () => {
    for (const { router, admin } of [place, ...(await Promise.all(copies.values()))]) {
      await admin.end()
      await router.stop()
    }
  })

  /** Whether it gets what it is after where the first that holds it is missing. */
  async function succeedsWithout(mechanism: Mechanism, technique: Technique, steps: Technique['variants'][string]) {
    const known = copies.get(mechanism) ?? open(mechanism === guard ? [withoutGuard] : [])
    copies.set(mechanism, known)
    const { database, admin, door, router } = await known
    await admin.query(tidy)
    try {
      await mechanism.off(admin)
      const before = await effectsOf(technique.success, database)
      const { told } = await door.send(technique, steps)
      const victim = technique.victim === undefined ? {} : { victim: await asVictim(router, technique.victim) }
      return await succeeded(technique.success, { told, ...victim }, database, before)
    } finally {
      await mechanism.on?.(admin)
      await technique.mechanism.on?.(admin)
    }
  }

  for (const { family, techniques } of among) {
    for (const technique of techniques.filter((each) => isFor(each, entry))) {
      test(`${family}: ${technique.name} by ${technique.entry}`, async (context) => {
        for (const [variant, steps] of Object.entries(technique.variants).slice(0, mostVariants)) {
          await tally(context, { family, engine: entry }, async () => {
            await place.admin.query(tidy)
            const { told } = await place.door.send(technique, steps)
            const bytes = told.map((step) => step.bytes).join('\n')
            expect(bytes, variant).not.toMatch(canaries)
            expect(await succeeded(technique.success, { told }, place.database), `${variant}: ${bytes}`).toBe(false)
            const refused = told.find(({ verdict }) => verdict !== 'ok')?.verdict ?? 'ok'
            expect(refused, variant).toMatch(
              isOfRouter(technique, entry) ? technique.refusal : /^(ok$|DBS-2(00[14]|20\d) )/,
            )
            const mechanism = /^DBS-220/.test(refused) ? guard : technique.mechanism
            if (await succeedsWithout(mechanism, technique, steps)) proven += 1
          })
        }
        const used = await place.door.send({ ...technique, entry: honestEntry(technique) }, technique.honest)
        expect(used.told.at(-1)).toMatchObject({ verdict: 'ok', rowCount: expect.toSatisfy((count) => count > 0) })
      }, 300_000)
    }
  }

  test('what the victim has is as it was, and so many attempts succeed without what holds them', async () => {
    const [row] = await place.database.query<{ count: number }>(
      `select count(*)::int from notes where company_id = 'company_xyz' and text ~ '^canary_note'`,
    )
    expect(row?.count).toBe(3)
    expect(proven).toBeGreaterThanOrEqual(least)
  })
}

const isFor = (technique: Technique, door: RouterEntry): boolean =>
  !(door === 'batch' && technique.onlyWhereReading === true) && !(door === 'stream' && technique.entry === 'batch')

/** What attempts leave of the attacker's own, which the next one would stumble over. */
const tidy = `delete from tenant_configurations where company_id = 'company_abc' and config_key = 'secret_plan'`

const isOfRouter = ({ entry }: Technique, door: RouterEntry): boolean =>
  door === 'ingest' || (door !== 'batch' && door !== 'stream' && ['query', 'execute', 'batch'].includes(entry))
const honestEntry = ({ entry }: Technique): Technique['entry'] => (entry === 'batch' ? 'query' : entry)

async function asVictim(router: TestRouter, sql: string) {
  const { body } = await router.post('/v1/query', { sql }, { 'x-dbsvc-company': 'company_xyz' })
  return { verdict: 'ok', bytes: JSON.stringify(body), rowCount: 0 }
}

describe('the corpus over Connect', () => attack('Connect', families, 90))
describe('the corpus as streams', () => attack('stream', families, 70))
describe('the corpus in batches', () => attack('batch', families, 90))
describe('rows put in at once', () => attack('ingest', [{ family: 'ingest', techniques: ofIngest }], 25))
describeEngine('python', 'the corpus over the client for Python', () => attack('Python client', families, 90))

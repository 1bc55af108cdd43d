import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { DbsvcError } from '../../../src/core/errors/error.ts'
import { type Judgement, judgeStatement } from '../../../src/engines/postgres/guard/judge.ts'
import { readSurroundings } from '../../../src/engines/postgres/guard/read-surroundings.ts'
import type { Surroundings } from '../../../src/engines/postgres/guard/surroundings.ts'
import type { Alteration } from '../../support/alterations.ts'
import { describeEngine } from '../../support/engines.ts'
import { type OlderPostgres, olderVersions, startOlderPostgres } from '../../support/older-postgres.ts'
import { startRouter, type TestRouter } from '../../support/router.ts'
import { allowed } from '../../unit/engines/postgres/guard/allowed.ts'
import { type Credentials, type Door, loginDoor, poolDoor, readCredentials, sharedRoleDoor } from './runner/doors.ts'
import { succeeded } from './runner/judge.ts'
import { loadFamilies, postgresFamilies } from './runner/load.ts'
import { guard } from './runner/mechanism.ts'
import { canaries, createScene, rowCanary, type Scene } from './runner/scene.ts'
import { tally } from './runner/tally.ts'
import type { Technique } from './runner/technique.ts'
import { differing } from './versions/statements.ts'

const families = await loadFamilies(postgresFamilies)
const techniques = families.flatMap((family) => family.techniques).filter(({ on }) => on !== 'timescaledb')

/** What the guard may be given: of the corpus each step by itself. Parameters are NULL here. */
const statements = [
  ...new Set(
    [
      ...Object.values(differing).flat(),
      ...Object.values(allowed).flat(),
      ...techniques.flatMap(({ honest, variants }) => [honest, ...Object.values(variants).flat()]),
    ]
      .filter((step) => typeof step === 'string')
      .map((step) => step.replace(/\$\d+(?![\d$])/g, 'null')),
  ),
]

/** That what the guard takes for a call of PostgreSQL's own may be one of the company's, which may do anything, where the server is older. */
const lookAtOwnFunctions: readonly Alteration[] = [
  {
    file: 'engines/postgres/guard/judge.ts',
    from: 'callsOnOlderServers[kind] ?? []',
    to: '[] as readonly string[]',
  },
  {
    file: 'engines/postgres/guard/names.ts',
    from: 'if (own !== undefined) found',
    to: 'if (own !== undefined && found.length === 0) found',
  },
]

interface Place {
  readonly scene: Scene
  readonly credentials: Credentials
  readonly surroundings: Surroundings
}

async function openPlace(server: OlderPostgres | undefined): Promise<Place> {
  const scene = await createScene(server)
  const folder = server === undefined ? 'secrets' : `secrets-${server.port}`
  return {
    scene,
    credentials: await readCredentials(join(inject('runDirectory'), folder)),
    surroundings: await readSurroundings(await scene.cluster.database.connect(), 'company_abc'),
  }
}

const asCompany: Technique = {
  name: 'a statement that the guard has let through',
  entry: 'shared role',
  secret: 'that it is another one',
  refusal: /./,
  mechanism: guard,
  success: 'canary',
  honest: '',
  variants: {},
}

function judge(sql: string, surroundings: Surroundings): Judgement | null {
  try {
    return judgeStatement(sql, surroundings)
  } catch (error) {
    if (error instanceof DbsvcError) return null
    throw error
  }
}

/** When rows were written is no matter of the statement, nor what a cluster has numbered, nor how many zeros a version prints. */
const comparable = (bytes: string): string =>
  bytes
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^"]*/g, 'then')
    .replace(/"tableoid":\d+/g, '"tableoid":0')
    .replace(/\.0+"/g, '"')

/** What was answered to each statement that the guard lets through, without an effect; only its kind where time or chance are in it. */
async function answers({ scene, credentials, surroundings }: Place, before: readonly string[] = []) {
  const door = sharedRoleDoor(scene.cluster.database, credentials, { keep: true })
  const found = new Map<string, string>()
  for (const sql of statements) {
    const verdict = judge(sql, surroundings)
    if (verdict === null) continue
    const { told } = await door.send(asCompany, [...before, sql])
    const { verdict: outcome, bytes, rowCount } = told.at(-1) ?? { verdict: '', bytes: '', rowCount: 0 }
    expect(bytes, sql).not.toMatch(canaries)
    if (outcome !== 'ok') found.set(sql, `refused ${outcome}`)
    else found.set(sql, verdict.verb === 'read' && !verdict.cacheable ? `${rowCount} rows` : comparable(bytes))
  }
  return found
}

let opened: Promise<Place> | undefined
const newest = (): Promise<Place> => {
  opened ??= openPlace(undefined)
  return opened
}

for (const version of olderVersions) {
  describeEngine(version, 'beside a parser of PostgreSQL 18', () => {
    let server: OlderPostgres | null = null
    let older: Place

    beforeAll(async () => {
      server = await startOlderPostgres(version)
      older = await openPlace(server)
    })
    afterAll(() => server?.stop())

    /** Statements that both run, and answer differently. */
    const differences = async (before: readonly string[] = []) => {
      const expected = await answers(await newest())
      const found = await answers(older, before)
      const both = [...found].filter(([sql, answer]) => !`${answer}${expected.get(sql)}`.includes('refused'))
      return { ran: both.length, differing: both.filter(([sql, answer]) => answer !== expected.get(sql)) }
    }

    test('what the guard lets through is refused or means the same', async () => {
      const { ran, differing } = await differences()
      expect(differing).toEqual([])
      expect(ran).toBeGreaterThan(100)
    })

    test('a server that reads strings otherwise would be noticed', async () => {
      expect((await differences(['set local standard_conforming_strings = off'])).differing).not.toEqual([])
    })

    test('the corpus is defeated by the server alone, as on the newest', async () => {
      const { scene, credentials } = older
      const { database } = scene.cluster
      const doors: Partial<Record<Technique['entry'], Door>> = {
        'shared role': sharedRoleDoor(database, credentials),
        login: loginDoor(database, scene.loginRole, scene.loginPassword),
        pool: poolDoor(database, credentials),
      }
      const before = await scene.victimDigest()
      let tried = 0
      for (const technique of techniques) {
        const door = doors[technique.entry]
        if (door === undefined) continue
        for (const [variant, steps] of Object.entries(technique.variants)) {
          const name = `${technique.name} by ${technique.entry}: ${variant}`
          const outcome = await door.send(technique, steps)
          const told = outcome.told.map(({ bytes }) => bytes).join('\n')
          expect.soft(told, name).not.toMatch(rowCanary)
          expect.soft(await succeeded(technique.success, outcome, database), `${name}\n${told}`).toBe(false)
          tried += 1
        }
      }
      expect(await scene.victimDigest()).toBe(before)
      expect(tried).toBeGreaterThan(300)
    })

    describe('by a router', () => {
      let router: TestRouter
      let careless: TestRouter
      const ask = async (where: TestRouter, sql: string): Promise<string> =>
        JSON.stringify((await where.post('/v1/query', { sql })).body)

      beforeAll(async () => {
        const { cluster } = older.scene
        const planted = `returns text language sql volatile as $$ select 'planted' $$`
        await cluster.asOwner(
          'tenant_company_abc',
          `create function json_value(text, text) ${planted}; create function casefold(text) ${planted};
           grant execute on function json_value(text, text), casefold(text) to database_service_role`,
        )
        router = await startRouter(cluster)
        careless = await startRouter(cluster, { alterations: lookAtOwnFunctions })
      })

      test('companies are served', async () => {
        expect(await ask(router, 'select text from notes order by text')).toContain(
          '"rows":[["own_note1"],["own_note2"],["own_note3"]]',
        )
      })

      test.for([
        `select json_value('{}', '$.a')`,
        `select casefold('A')`,
      ])('%s is not taken for what later versions have', (sql, context) =>
        tally(context, { family: 'protocol', engine: version }, async () => {
          expect(await ask(router, sql)).toMatch(/"DBS-2203"/)
          expect(await ask(careless, sql)).toMatch(/planted/)
        }))
    })
  })
}

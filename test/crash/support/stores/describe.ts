import { isDeepStrictEqual } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { describeEngine } from '../../../support/engines.ts'
import { seededRandom } from '../../../support/seeded-random.ts'
import { difference } from '../difference.ts'
import { drawPoints } from '../points.ts'
import { Fixture } from './fixture.ts'
import type { CrashHarness } from './harness.ts'
import { nameOfPoint, pointsAt, type StorePoint, type StoreScenario, scenariosOf } from './scenario.ts'
import { runUndisturbed, strike, type UndisturbedStore } from './strike.ts'

const long = process.env.DBSVC_CRASH_LONG === '1'
const seed = Number(process.env.DBSVC_CRASH_SEED ?? '1')
// With five scenarios 25 an engine, of several hundred.
const drawnEach = { store: 3, postgres: 2 }
const scenarioNames = ['migrate up', 'tenant create', 'tenant drop', 'tenant suspend', 'migrate down']

/** Kills and unplugs dbsvc at requests to a store, and to PostgreSQL meanwhile, and runs the same command again. */
export function describeCrashes(harness: CrashHarness): void {
  describeEngine(harness.restsOn, `a cluster with ${harness.engine.title}`, () => {
    let fixture: Fixture
    beforeAll(async () => {
      fixture = await Fixture.open(harness)
    }, 120_000)

    const names = scenarioNames.filter((name) => harness.engine.capabilities.migrations || name !== 'migrate down')
    test.each(names)(
      '%s goes on after any blow as if there had been none',
      async (name) => {
        const scenario = scenariosOf(fixture)[name] as StoreScenario
        const random = seededRandom(seed)
        const undisturbed = await runUndisturbed(fixture, scenario)
        const drawn: StorePoint[] = []
        let count = 0
        for (const on of ['store', 'postgres'] as const) {
          const points = pointsAt(on, undisturbed.requests[on])
          expect(points.length).toBeGreaterThan(0)
          count += points.length
          drawn.push(...drawPoints(points, long ? points.length : drawnEach[on], random))
        }
        let hits = 0
        const faults: string[] = []
        for (const point of drawn) {
          const { hit, problems } = await judgeNear(fixture, scenario, point, undisturbed)
          if (hit) hits += 1
          else if (problems.length === 0)
            faults.push(`${nameOfPoint(point)} of ${undisturbed.requests[point.on]} was never met`)
          faults.push(...problems)
        }
        process.stdout.write(
          `${harness.engine.name} ${name}: ${count} points at ${undisturbed.requests.store} requests to the store and ${undisturbed.requests.postgres} to PostgreSQL, ${drawn.length} drawn with seed ${seed}, ${hits} hit\n`,
        )
        expect(faults).toEqual([])
        expect(hits).toBe(drawn.length)
      },
      long ? 24 * 3_600_000 : 240_000,
    )
  })
}

interface Judged {
  readonly hit: boolean
  readonly requests: number
  readonly problems: readonly string[]
}

/**
 * Judges the point, or where the run ended before its request to PostgreSQL one near that end: while a run goes it asks once a second
 * whether to pause, so that a fast one makes fewer requests than the slow one that they were counted of.
 */
async function judgeNear(
  fixture: Fixture,
  scenario: StoreScenario,
  point: StorePoint,
  undisturbed: UndisturbedStore,
): Promise<Judged> {
  const judged = await judge(fixture, scenario, point, undisturbed)
  if (judged.hit || judged.problems.length > 0 || point.on === 'store') return judged
  return judge(fixture, scenario, { ...point, request: Math.max(1, judged.requests - 3) }, undisturbed)
}

async function judge(
  fixture: Fixture,
  scenario: StoreScenario,
  point: StorePoint,
  undisturbed: UndisturbedStore,
): Promise<Judged> {
  try {
    const { hit, requests, halfWay, result, state } = await strike(fixture, scenario, point)
    const problems = [...halfWay]
    // A target that failed, or an engine that is gone; never a bug of dbsvc, nor a run that hangs.
    if (point.blow === 'cut' && ![0, 1, 4].includes(result.exitCode ?? -1))
      problems.push(`exit code ${result.exitCode} without network\n${result.stderr}`)
    if (!isDeepStrictEqual(state, undisturbed.state))
      problems.push(`another end: ${difference(state, undisturbed.state)}`)
    return { hit, requests, problems: problems.map((problem) => `${nameOfPoint(point)}: ${problem}`) }
  } catch (error) {
    return { hit: false, requests: 0, problems: [`${nameOfPoint(point)}: ${error}`] }
  }
}

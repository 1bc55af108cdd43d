import { isDeepStrictEqual } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import type { TestDatabase } from '../support/database.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { difference } from './support/difference.ts'
import { drawPoints, enumeratePoints, nameOf, type Point } from './support/points.ts'
import { makeReference, type Reference } from './support/reference.ts'
import { type Scenario, scenarios } from './support/scenario.ts'
import { runUndisturbed, strike, type Undisturbed } from './support/strike.ts'

const long = process.env.DBSVC_CRASH_LONG === '1'
const seed = Number(process.env.DBSVC_CRASH_SEED ?? '1')
const pointsEach = 9
const instants = long ? 200 : 20

let reference: Reference

beforeAll(async () => {
  reference = await makeReference()
}, 120_000)

/**
 * Every request to the server is a point at which a run is killed, told to stop or cut off from its network. By default a few
 * of them are drawn with DBSVC_CRASH_SEED; DBSVC_CRASH_LONG=1 takes them all, which takes hours.
 */
test.each(Object.entries(scenarios))(
  '%s goes on after any interruption as if there had been none',
  async (name, scenario) => {
    const random = seededRandom(seed)
    const template = await scenario.prepare?.()
    const undisturbed = await runUndisturbed(scenario, template)
    const points = enumeratePoints(undisturbed.requests.length, undisturbed.durationMs, instants, random)
    expect(undisturbed.requests.length).toBeGreaterThan(10)
    const drawn = drawPoints(points, long ? points.length : pointsEach, random)

    let hits = 0
    const faults: string[] = []
    for (const point of drawn) {
      const { hit, problems } = await judgeNear(scenario, template, point, undisturbed)
      if (hit) hits += 1
      faults.push(...problems.map((problem) => `${nameOf(point)}: ${problem}`))
    }
    process.stdout.write(`${name}: ${points.length} points, ${drawn.length} drawn with seed ${seed}, ${hits} hit\n`)
    expect(faults).toEqual([])
    // An instant may come after the end; a request is always met.
    expect(hits).toBeGreaterThanOrEqual(drawn.filter((point) => 'request' in point).length)
  },
  long ? 24 * 3_600_000 : 240_000,
)

interface Judged {
  readonly hit: boolean
  readonly requests: number
  readonly problems: readonly string[]
}

/**
 * Judges the point, or where the run ended before its request one near that end: while a run goes it asks once a second whether to pause,
 * so that a fast one makes fewer requests than the slow one that they were counted of.
 */
async function judgeNear(
  scenario: Scenario,
  template: TestDatabase | undefined,
  point: Point,
  undisturbed: Undisturbed,
): Promise<Judged> {
  const judged = await judge(scenario, template, point, undisturbed)
  if (judged.hit || judged.problems.length > 0 || !('request' in point)) return judged
  return judge(scenario, template, { ...point, request: Math.max(1, judged.requests - 3) }, undisturbed)
}

async function judge(
  scenario: Scenario,
  template: TestDatabase | undefined,
  point: Point,
  undisturbed: Undisturbed,
): Promise<Judged> {
  try {
    const { hit, requests, halfWay, result, state } = await strike(scenario, template, point, reference)
    const problems = [...halfWay]
    if (point.blow === 'interrupt' && ![0, 130].includes(result.exitCode ?? -1))
      problems.push(`exit code ${result.exitCode} after SIGINT\n${result.stderr}`)
    if (point.blow === 'cut' && ![0, 4].includes(result.exitCode ?? -1))
      problems.push(`exit code ${result.exitCode} without network\n${result.stderr}`)
    if (!isDeepStrictEqual(state, undisturbed.state))
      problems.push(`another end: ${difference(state, undisturbed.state)}`)
    return { hit, requests, problems }
  } catch (error) {
    return { hit: true, requests: 0, problems: [String(error)] }
  }
}

import { expect, test } from 'vitest'
import { describeEngine, engineFinding } from '../support/engines.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { drawPoints } from './support/points.ts'
import { clickhouseHarness } from './support/stores/clickhouse.ts'
import { dragonflyHarness } from './support/stores/dragonfly.ts'
import { Fixture } from './support/stores/fixture.ts'
import { killableClickhouse, killableValkey } from './support/stores/killable.ts'
import { nameOfPoint, type StorePoint, type StoreScenario, scenariosOf } from './support/stores/scenario.ts'
import { runUndisturbed, strike } from './support/stores/strike.ts'

const long = process.env.DBSVC_CRASH_LONG === '1'
const seed = Number(process.env.DBSVC_CRASH_SEED ?? '1')
const drawnEach = 2

/** Every request to a store is a point at which its server is killed, while it works on it and when it is through. */
describe('clickhouse', clickhouseHarness, killableClickhouse)
describe('valkey', dragonflyHarness, killableValkey)

function describe(
  restsOn: 'clickhouse' | 'valkey',
  harness: typeof clickhouseHarness,
  makeKillable: typeof killableClickhouse,
): void {
  // A server that was given belongs to whoever gave it.
  const isOwn = engineFinding(restsOn).url === null
  describeEngine(restsOn, `a cluster whose ${harness.engine.title} is killed`, () => {
    test.runIf(isOwn).each(['migrate up', 'tenant create', 'tenant drop'])(
      '%s goes on once it is started again',
      {
        timeout: long ? 24 * 3_600_000 : 240_000,
      },
      async (name) => {
        const killable = await makeKillable()
        const fixture = await Fixture.on(harness, await killable.start())
        const scenario = scenariosOf(fixture)[name] as StoreScenario
        const undisturbed = await runUndisturbed(fixture, scenario)
        const points = Array.from({ length: undisturbed.requests.store }, (_, index) =>
          (['during', 'after'] as const).map(
            (phase): StorePoint => ({ on: 'store', blow: 'kill', phase, request: index + 1 }),
          ),
        ).flat()
        const drawn = drawPoints(points, long ? points.length : drawnEach, seededRandom(seed))
        const found: unknown[] = []
        let hits = 0
        for (const point of drawn) {
          const { hit, halfWay, result, state } = await strike(fixture, scenario, point, killable)
          expect([0, 1, 4], `${nameOfPoint(point)}: ${result.stderr}`).toContain(result.exitCode)
          expect(state, nameOfPoint(point)).toEqual(undisturbed.state)
          if (hit) hits += 1
          found.push([nameOfPoint(point), hit, halfWay])
        }
        await killable.kill()
        process.stdout.write(
          `${restsOn} killed, ${name}: ${points.length} points, ${drawn.length} drawn with seed ${seed}, ${hits} hit\n`,
        )
        expect(found).toEqual(drawn.map((point) => [nameOfPoint(point), true, []]))
      },
    )
  })
}

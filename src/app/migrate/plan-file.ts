import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { engineNames, ofEngine } from '../../core/engine.ts'
import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import { ExitCode } from '../../core/exit-codes.ts'
import { projectScopes } from '../../core/migration/scope.ts'
import { readDatabaseIdentity } from '../../engines/postgres/migration/fleet-digest.ts'
import type { Session } from '../session.ts'
import type { UpRequest } from './pending.ts'
import { makePlan, type Plan } from './plan.ts'

const names = z.array(z.string())

const planFile = z.object({
  schema: z.literal('dbsvc/plan-file/1'),
  createdAt: z.iso.datetime(),
  place: z.string(),
  request: z.strictObject({
    engine: z.enum(engineNames).optional(),
    to: z.string().optional(),
    scope: z.enum(projectScopes).optional(),
    selection: z.strictObject({
      tenants: names.optional(),
      exclude: names.optional(),
      waves: names.optional(),
    }),
  }),
  fleet: z.strictObject({ database: z.string(), targets: z.int(), digest: z.string() }),
  waves: z.array(z.strictObject({ name: z.string(), targets: z.int() })),
  migrations: z.array(
    z.object({
      engine: z.enum(engineNames),
      scope: z.string(),
      name: z.string(),
      checksum: z.string(),
      sqlChecksum: z.string().nullable(),
      targets: z.int(),
    }),
  ),
})

/** A plan to be carried out later, by somebody else, or not at all. */
export interface PlanFile extends Pick<Plan, 'place' | 'fleet' | 'waves'> {
  readonly request: UpRequest
  readonly migrations: readonly Pick<
    Plan['migrations'][number],
    'engine' | 'scope' | 'name' | 'checksum' | 'sqlChecksum' | 'targets'
  >[]
}

/** @throws DBS-1304 */
export async function writePlan(path: string, plan: Plan, request: UpRequest, now: Date): Promise<void> {
  const { place, fleet, waves, migrations } = plan
  const file = { schema: 'dbsvc/plan-file/1', createdAt: now.toISOString(), place, request, fleet, waves, migrations }
  try {
    await writeFile(path, `${JSON.stringify(file, null, 2)}\n`)
  } catch (error) {
    throw DbsvcError.of('DBS-1304', { file: path, reason: reasonOf(error) }, error)
  }
}

/** @throws DBS-1309 when the file cannot be read or is no plan */
export async function readPlan(path: string): Promise<PlanFile> {
  try {
    return planFile.parse(JSON.parse(await readFile(path, 'utf8'))) as PlanFile
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : reasonOf(error)
    throw DbsvcError.of('DBS-1309', { file: path, reason }, error)
  }
}

/** Makes the plan again, and compares. @throws DBS-1410 when fleet, files or configuration have changed since */
export async function requireSamePlan(session: Session, plan: PlanFile): Promise<void> {
  const differences =
    plan.fleet.database === (await readDatabaseIdentity(session.client))
      ? await differencesFrom(session, plan)
      : [`it was made for another database, ${plan.place}; this is ${session.place}`]
  if (differences.length > 0) throw DbsvcError.of('DBS-1410', { differences })
}

async function differencesFrom(session: Session, plan: PlanFile): Promise<string[]> {
  try {
    return planDifferences(plan, await makePlan(session, plan.request))
  } catch (error) {
    // A version, company or wave that it names is gone.
    if (error instanceof DbsvcError && error.exitCode === ExitCode.NotFound) return [error.message]
    throw error
  }
}

const nameOf = ({ engine, scope, name }: PlanFile['migrations'][number]): string => ofEngine(engine, `${scope} ${name}`)

function planDifferences(then: PlanFile, now: Plan): string[] {
  const lines = (plan: Pick<PlanFile, 'migrations'>): string[] =>
    plan.migrations.map((migration) => `${nameOf(migration)} on ${migration.targets}`)
  const texts = new Map(then.migrations.map((migration) => [nameOf(migration), migration]))
  const changed = now.migrations.filter((migration) => {
    const before = texts.get(nameOf(migration))
    const { checksum, sqlChecksum } = migration
    return before !== undefined && (before.checksum !== checksum || before.sqlChecksum !== sqlChecksum)
  })
  return [
    ...lines(now).flatMap((line) => (lines(then).includes(line) ? [] : [`${line} is not in it`])),
    ...lines(then).flatMap((line) => (lines(now).includes(line) ? [] : [`${line} is no longer pending`])),
    ...changed.map((migration) => `${nameOf(migration)} has been changed`),
    ...(then.fleet.digest === now.fleet.digest && then.fleet.targets === now.fleet.targets
      ? []
      : [`the fleet has changed: ${then.fleet.targets} targets then, ${now.fleet.targets} now`]),
    ...(JSON.stringify(then.waves) === JSON.stringify(now.waves) ? [] : ['the waves are others']),
  ]
}

import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/embedded/postgres/start.ts'
import { engineFinding } from '../../support/engines.ts'
import { ownDirectory } from '../../support/shared-server.ts'
import { type Credentials, type Door, readCredentials, routerDoor, sharedRoleDoor } from '../corpus/runner/doors.ts'
import { loadFamilies } from '../corpus/runner/load.ts'
import { guard, rowSecurity } from '../corpus/runner/mechanism.ts'
import { canaries, rowCanary } from '../corpus/runner/scene.ts'
import type { Technique } from '../corpus/runner/technique.ts'
import type { Told } from '../corpus/runner/transcript.ts'
import type { Kind } from './expressions.ts'
import { mutate } from './mutate.ts'
import { createRandom } from './random.ts'
import { type Generated, generate, type Table } from './statements.ts'
import { createTwins, type Twins } from './twins.ts'

// The long mode is DBSVC_FUZZ_STATEMENTS=50000; DBSVC_FUZZ_SEED begins elsewhere.
const wanted = Number(process.env.DBSVC_FUZZ_STATEMENTS ?? 2_000)
const seed = Number(process.env.DBSVC_FUZZ_SEED ?? 20_260_701)
const timeoutMs = 120_000 + wanted * 300
const families = ['identity', 'object-definition', 'protocol', 'session-reuse', 'shared-server', 'side-channels']

let server: EmbeddedPostgres
let twins: Twins
let doors: readonly [Door, Door]
let credentials: Credentials

beforeAll(async () => {
  const settings = { fsync: 'off', max_connections: '100', max_locks_per_transaction: '256' }
  server = await startEmbeddedPostgres({ directory: await ownDirectory('fuzz'), port: 0, settings })
  twins = await createTwins(server, timeoutMs)
  doors = [routerDoor(twins.routers[0]), routerDoor(twins.routers[1])]
  credentials = await readCredentials(join(inject('runDirectory'), `secrets-${server.port}`))
}, timeoutMs)
afterAll(() => server?.stop('immediate'))

const technique = (entry: Technique['entry']): Technique => ({
  name: 'fuzzing',
  entry,
  secret: 'anything of the victim',
  refusal: /./,
  mechanism: guard,
  success: 'canary',
  honest: 'select * from notes',
  variants: {},
})

// First, on what nobody has changed yet.
test('statements of this kind tell of other companies where row security is off', async () => {
  const random = createRandom(seed)
  const tables = await readTables()
  const database = await twins.scene.copy()
  const client = await database.connect()
  await rowSecurity.off(client)
  await client.end()
  const secured = sharedRoleDoor(twins.scene.cluster.database, credentials, { keep: true })
  const open = sharedRoleDoor(database, credentials, { keep: true })
  const found = { told: 0, canaries: 0, different: 0 }
  for (let number = 0; number < 300; number += 1) {
    const { sql, writes } = generate(random, tables)
    if (writes) continue
    const [before, after] = await Promise.all(
      [secured, open].map(async (door) => (await door.send(technique('shared role'), sql)).told[0]),
    )
    found.told += 1
    if (rowCanary.test(after?.bytes ?? '')) found.canaries += 1
    if (after?.bytes !== before?.bytes) found.different += 1
  }
  expect(found.canaries, JSON.stringify(found)).toBeGreaterThan(5)
  expect(found.different, JSON.stringify(found)).toBeGreaterThan(found.told / 5)
})

test(`${wanted} statements from seed ${seed} tell nothing of what another company has`, {
  timeout: timeoutMs,
}, async ({ task }) => {
  task.meta.engine = engineFinding('postgres')
  const random = createRandom(seed)
  const tables = await readTables()
  const corpus = await readCorpus()
  const before = await twins.scene.victimDigest()
  const unguarded = sharedRoleDoor(twins.scene.cluster.database, credentials, { keep: true })
  const counts = { ran: 0, refused: 0, failed: 0, late: 0 }

  for (let number = 1; number <= wanted; number += 1) {
    const statement: Generated = random.chance(0.3)
      ? { sql: mutate(random, corpus), settled: false, writes: true }
      : generate(random, tables)
    const entry = statement.writes ? 'execute' : random.pick(['query', 'execute'] as const)
    const user = random.chance(0.2) ? { user: 'own_u1' } : {}
    const asked = { ...technique(entry), ...user }
    const [one, other] = await Promise.all(doors.map(async (door) => (await door.send(asked, statement.sql)).told[0]))
    const where = `statement ${number} of seed ${seed}: ${statement.sql}`
    for (const told of [one, other]) expect(withoutEcho(told, statement.sql), where).not.toMatch(canaries)
    // How long one takes is also a matter of how busy the machine is.
    if ([one, other].some((told) => told !== undefined && isLate.test(told.verdict))) {
      counts.late += 1
      continue
    }
    expect(comparable(one, statement), where).toEqual(comparable(other, statement))
    counts[one?.verdict === 'ok' ? 'ran' : one?.verdict.startsWith('DBS-22') === true ? 'refused' : 'failed'] += 1

    // A quarter without the guard, where the signed context stands alone.
    if (number % 4 === 0 && !leavesTransaction(statement.sql)) {
      const { told } = await unguarded.send({ ...technique('shared role'), ...user }, statement.sql)
      expect(withoutEcho(told[0], statement.sql), `without the guard, ${where}`).not.toMatch(rowCanary)
    }
  }

  expect(await twins.scene.victimDigest()).toBe(before)
  // Statements that all fail would find nothing.
  expect(counts.ran, JSON.stringify(counts)).toBeGreaterThan(wanted / 4)
  expect(counts.late, JSON.stringify(counts)).toBeLessThan(wanted / 50)
  process.stderr.write(`\n${wanted} statements from seed ${seed}: ${JSON.stringify(counts)}\n`)
  for (const router of twins.routers) {
    expect((await router.post('/v1/query', { sql: 'select 1' })).status).toBe(200)
    await router.stop()
    expect((await router.process.exited).stderr).not.toMatch(rowCanary)
  }
})

const isLate = /statement timeout|user request|DBS-230/

/** What a refusal repeats of the statement is no news. */
const withoutEcho = (told: Told | undefined, sql: string): string => {
  const bytes = told?.bytes ?? ''
  return told?.verdict === 'ok' || !canaries.test(sql) ? bytes : ''
}

/** What must be the same on both clusters: rows where they are settled by those that may be seen, else what became of it. */
function comparable(told: Told | undefined, { settled, writes }: Generated): unknown {
  if (told === undefined) return null
  if (told.verdict !== 'ok') return told.verdict.split(' ')[0]
  if (!settled) return [told.verdict, told.rowCount]
  const { rows } = JSON.parse(told.bytes.slice(told.bytes.indexOf('] {') + 2)) as { rows: readonly unknown[] }
  // What RETURNING brings has no order.
  return writes ? rows.map((row) => JSON.stringify(row)).toSorted() : rows
}

const leavesTransaction = (sql: string): boolean =>
  /commit|rollback|abort|\bend\b|begin|prepare|copy|listen|sleep/i.test(sql)

const kindOf: Readonly<Record<string, Kind>> = {
  text: 'text',
  'character varying': 'text',
  integer: 'int',
  bigint: 'int',
  numeric: 'numeric',
  'timestamp with time zone': 'time',
  jsonb: 'json',
}

/** What the attacker may name, but for what the two servers give rows by themselves: numbers and the time. */
async function readTables(): Promise<Table[]> {
  const rows = await twins.scene.cluster.database.query<{ schema: string; name: string; columns: [string, string][] }>(`
    select table_schema as schema, table_name as name, json_agg(json_build_array(column_name, data_type) order by ordinal_position) as columns
    from information_schema.columns
    where (table_schema = 'tenant_company_abc' or (table_schema = 'public' and table_name <> 'service_registry'
      and table_name !~ '^(note_copies|measures_2026)$'))
      and is_identity = 'NO' and coalesce(column_default, '') !~ 'now|clock'
    group by 1, 2 order by 1, 2`)
  return rows.map(({ schema, name, columns }) => ({
    name: schema === 'public' ? `public.${name}` : name,
    columns: columns.flatMap(([column, type]) => {
      const kind = kindOf[type]
      return kind === undefined ? [] : [{ name: column, kind }]
    }),
  }))
}

async function readCorpus(): Promise<string[]> {
  const techniques = (await loadFamilies(families)).flatMap((family) => family.techniques)
  return techniques
    .flatMap(({ variants }) => Object.values(variants))
    .flatMap((steps) => (typeof steps === 'function' ? [] : [steps].flat()))
}

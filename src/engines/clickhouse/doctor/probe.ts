import { randomBytes } from 'node:crypto'
import { reasonOf } from '../../../core/errors/error.ts'
import { protectSharedTables } from '../company/shared-tables.ts'
import { code, codeOf, failureOf } from '../failure.ts'
import { companyColumn, databaseOf, sharedDatabase } from '../names.ts'
import { onClusterClause, type Place, run } from '../place.ts'
import { quoteName, quoteString } from '../sql/quote.ts'
import { type Attempt, attemptsOf, type Probe } from './attempts.ts'

/**
 * Writes a secret as one company, into its own table and into a shared one, and looks for it as another. Where there are no users
 * all that can be tried is whether a plain name leads into the other's database. @returns what got through, in words
 */
export async function probeIsolation(place: Place, victim: string, intruder: string): Promise<string[]> {
  const probe: Probe = { victim, intruder, table: `dbsvc_probe_${randomBytes(5).toString('hex')}` }
  const secret = randomBytes(16).toString('hex')
  try {
    await setUp(place, probe)
    return place.hasAccessControl ? await tryAsUser(place, probe, secret) : await tryByName(place, probe, secret)
  } finally {
    await takeDown(place, probe)
  }
}

const on = onClusterClause
const tables = ({ victim, intruder, table }: Probe): string[] =>
  [databaseOf(victim), databaseOf(intruder), sharedDatabase].map(
    (database) => `${quoteName(database)}.${quoteName(table)}`,
  )

async function setUp(place: Place, probe: Probe): Promise<void> {
  const [theirs, own, shared] = tables(probe)
  const engine = `ENGINE = ${place.cluster === null ? '' : 'Replicated'}MergeTree ORDER BY tuple()`
  for (const table of [theirs, own]) await run(place, `CREATE TABLE ${table}${on(place)} (secret String) ${engine}`)
  await run(place, `CREATE TABLE ${shared}${on(place)} (${companyColumn} String, secret String) ${engine}`)
  await protectSharedTables(place)
}

async function takeDown(place: Place, probe: Probe): Promise<void> {
  const shared = `${quoteName(sharedDatabase)}.${quoteName(probe.table)}`
  if (place.hasAccessControl) {
    for (const policy of ['dbsvc_company_only', 'dbsvc_rows']) {
      await run(place, `DROP ROW POLICY IF EXISTS ${policy}${on(place)} ON ${shared}`)
    }
    await run(place, `REVOKE${on(place)} ALL ON ${shared} FROM dbsvc_company`)
  }
  for (const table of tables(probe)) await run(place, `DROP TABLE IF EXISTS ${table}${on(place)} SYNC`)
}

async function tryAsUser(place: Place, probe: Probe, secret: string): Promise<string[]> {
  const [theirs, , shared] = tables(probe)
  const victim = await credentialsOf(place, probe.victim)
  const intruder = await credentialsOf(place, probe.intruder)
  await run(place, `INSERT INTO ${theirs} VALUES (${quoteString(secret)})`, { as: victim, ...noSettings })
  await run(place, `INSERT INTO ${shared} VALUES (${quoteString(probe.victim)}, ${quoteString(secret)})`, {
    as: victim,
    ...noSettings,
  })
  const found: string[] = []
  for (const attempt of attemptsOf(probe)) {
    if (await getsThrough(place, attempt, intruder, databaseOf(probe.intruder), secret)) {
      found.push(`${probe.intruder} could ${attempt.what.replace('read it', `read what ${probe.victim} wrote`)}`)
    }
  }
  return found
}

async function credentialsOf(place: Place, company: string): Promise<{ user: string; password: string }> {
  return { user: databaseOf(company), password: await place.passwordOf(company) }
}

// Companies send none of dbsvc's settings, and may not change some of them.
const noSettings = { settings: { async_insert: null, mutations_sync: null, alter_sync: null } } as const

// loop() over no rows never ends, and a network that swallows packets answers late.
const attemptMs = 5_000

async function getsThrough(
  { session }: Place,
  { sql, hole }: Attempt,
  as: { user: string; password: string },
  database: string,
  secret: string,
): Promise<boolean> {
  const signal = AbortSignal.timeout(attemptMs)
  try {
    const text = await collect(session.stream(sql, '', { as, database, signal, ...noSettings }))
    return hole === 'any' || text.includes(secret)
  } catch (error) {
    // It was let in, and shows nothing for so long.
    if (signal.aborted) return hole === 'any'
    const answer = codeOf(error)
    // A server that went away, or a user that cannot log in, has refused nothing.
    if (answer === null || answer === code.authenticationFailed) throw failureOf(error, session)
    return reasonOf(error).includes(secret)
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

async function tryByName(place: Place, probe: Probe, secret: string): Promise<string[]> {
  const [theirs] = tables(probe)
  await run(place, `INSERT INTO ${theirs} VALUES (${quoteString(secret)})`)
  const text = await collect(
    place.session.stream(`SELECT secret FROM ${quoteName(probe.table)}`, 'TSV', {
      database: databaseOf(probe.intruder),
    }),
  )
  return text.includes(secret)
    ? [`${probe.intruder} could read what ${probe.victim} wrote by the table's plain name`]
    : []
}

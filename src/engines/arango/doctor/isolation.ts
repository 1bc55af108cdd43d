import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { readForeignAccess } from '../company/access.ts'
import type { Companies } from '../company/companies.ts'
import { clearAccess } from '../company/user.ts'
import { type ArangoDatabase, anyAnswer } from '../connection/database.ts'
import { refusalBehind } from '../connection/failure.ts'
import { apiPath, databaseOf } from '../names.ts'
import { type Attempt, attemptsOf, secondOf } from './attempts.ts'

const cursor = z.looseObject({ id: z.string() })
const transaction = z.object({ result: z.looseObject({ id: z.string() }) })

/**
 * Writes in the victim's database as its own user, and tries to get at it as the intruder's.
 * @returns what got through, in words
 */
export async function probeIsolation(companies: Companies, victim: string, intruder: string): Promise<string[]> {
  const { server, passwordOf } = companies
  const names = { victim: databaseOf(victim), intruder: databaseOf(intruder) }
  const asVictim = server.as(names.victim, await passwordOf(victim))
  const asIntruder = server.as(names.intruder, await passwordOf(intruder))
  const collection = `dbsvc_probe_${randomBytes(6).toString('hex')}`
  const own = asVictim.database(names.victim)
  const before = await readForeignAccess(server.system, intruder)
  try {
    const left = await leaveTraces(own, collection)
    // What the intruder does in its own place must work, or its refusals elsewhere prove nothing.
    await asIntruder.database(names.intruder).send(queryRequest('RETURN 1'), anyAnswer)
    const through: string[] = []
    for (const attempt of attemptsOf({ ...names, collection, ...left })) {
      if (await succeeds(asIntruder.database(attempt.database), attempt)) through.push(attempt.what)
    }
    await own.find({ method: 'DELETE', path: apiPath`/_api/transaction/${left.transaction}` }, anyAnswer)
    return through
  } finally {
    await cleanUp(companies, names, collection, before)
    asVictim.close()
    asIntruder.close()
  }
}

/** Takes back what the attempts have done where they got through. */
async function cleanUp(
  { server }: Companies,
  { victim, intruder }: { readonly victim: string; readonly intruder: string },
  collection: string,
  before: readonly string[],
): Promise<void> {
  for (const name of [collection, secondOf(collection)]) {
    await server.database(victim).find({ method: 'DELETE', path: apiPath`/_api/collection/${name}` }, anyAnswer)
  }
  if (!before.includes(victim)) await clearAccess(server.system, intruder, victim)
}

/** Documents, a cursor that is not read to its end, and a transaction that is under way. */
async function leaveTraces(own: ArangoDatabase, collection: string): Promise<{ cursor: string; transaction: string }> {
  await own.send({ method: 'POST', path: '/_api/collection', body: { name: collection } }, anyAnswer)
  const documents = [{ _key: 'secret' }, { _key: 'other' }]
  await own.send({ method: 'POST', path: apiPath`/_api/document/${collection}`, body: documents }, z.array(anyAnswer))
  const opened = await own.send(queryRequest(`FOR d IN \`${collection}\` RETURN d`, 1), cursor)
  const begun = await own.send(
    { method: 'POST', path: '/_api/transaction/begin', body: { collections: { write: [collection] } } },
    transaction,
  )
  return { cursor: opened.id, transaction: begun.result.id }
}

const queryRequest = (query: string, batchSize = 10) =>
  ({ method: 'POST', path: '/_api/cursor', body: { query, batchSize } }) as const

/** Whether it was not refused. Whatever is no refusal, such as a server that is gone, proves nothing and is thrown. */
async function succeeds(database: ArangoDatabase, attempt: Attempt): Promise<boolean> {
  try {
    const { body } = await database.fetch(attempt.request)
    return attempt.isHarmless?.(body) !== true
  } catch (error) {
    if (refusalBehind(error) === undefined) throw error
    return false
  }
}

import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { connectTo } from '../connection.ts'
import { prefixOf, userOf } from '../names.ts'
import { runAll } from '../pipeline.ts'
import { connectAsCompany, type Session } from '../session.ts'
import { type Attempt, attemptsAt, forbiddenAttempts } from './attempts.ts'
import { tryChannels } from './channels.ts'
import { tryCommand } from './outcome.ts'
import { plant, plantedKeys, readPlanted } from './plant.ts'

/**
 * Writes as the victim and tries to reach that as the intruder, by every command that companies may send and by those they may not.
 * What it has written is gone afterwards. @returns what got through, in words
 */
export async function probeIsolation(session: Session, victim: string, intruder: string): Promise<string[]> {
  const stem = (company: string): string => `${prefixOf(company)}dbsvc-probe-${mark}:`
  const mark = randomBytes(8).toString('hex')
  const clients: Redis[] = []
  const connect = async (company: string): Promise<Redis> => {
    const client = await connectAsCompany(session, company)
    clients.push(client)
    return client
  }
  try {
    const [owner, other] = [await connect(victim), await connect(intruder)]
    await plant(owner, stem(victim))
    const before = await readPlanted(owner, stem(victim))
    const foreign = Object.values(plantedKeys(stem(victim)))
    const own = `${stem(intruder)}own`
    const through = [
      ...(await tryAll(
        other,
        foreign.flatMap((key) => [...attemptsAt(key, own), ...forbiddenAttempts(key)]),
      )),
      ...(await tryTransaction(other, foreign[0] ?? '')),
      ...(await tryChannels({ victim: owner, intruder: other, connect: () => connect(intruder) }, stem(victim))),
      ...(await tryWithoutPassword(session, victim, foreign[0] ?? '')),
    ]
    if ((await readPlanted(owner, stem(victim))) !== before) through.push(`keys of ${victim} were changed`)
    return [...new Set(through)]
  } finally {
    for (const client of clients) client.disconnect()
    const keys = [victim, intruder].flatMap((company) => [
      ...Object.values(plantedKeys(stem(company))),
      `${stem(company)}own`,
    ])
    // Should the connection be gone, that is what the caller hears of already.
    await runAll(
      session.client,
      keys.map((key) => ['UNLINK', key]),
    ).catch(() => {})
  }
}

/** All are sent before the first answer is waited for; the server takes them in turn. */
async function tryAll(client: Redis, attempts: readonly Attempt[]): Promise<string[]> {
  const outcomes = await Promise.all(
    attempts.map(async ({ command, args }) => {
      const outcome = await tryCommand(client, command, args)
      return outcome === null ? [] : [`${[command.toUpperCase(), ...args].join(' ')}: ${outcome}`]
    }),
  )
  return outcomes.flat()
}

/** What is queued must be looked at, too. */
async function tryTransaction(client: Redis, foreign: string): Promise<string[]> {
  const through: string[] = []
  if ((await tryCommand(client, 'MULTI', [])) === null) return []
  const outcome = await tryCommand(client, 'GET', [foreign])
  if (outcome !== null) through.push(`GET ${foreign} within MULTI: ${outcome}`)
  await client.call('EXEC').then(
    (reply) => through.push(`EXEC after a refused command: the answer is ${JSON.stringify(reply)}`),
    () => client.call('DISCARD').catch(() => {}),
  )
  return through
}

/** Whoever can connect as the victim, or as nobody, is not kept out by rights. */
async function tryWithoutPassword(session: Session, victim: string, foreign: string): Promise<string[]> {
  const through: string[] = []
  const who = [
    { user: userOf(victim), password: 'not the password' },
    { user: 'default', password: undefined },
  ]
  for (const credentials of who) {
    try {
      const client = await connectTo(session.endpoint, credentials, session.application)
      const outcome = await tryCommand(client, 'GET', [foreign]).finally(() => client.disconnect())
      if (outcome === null) continue
      const how = credentials.password === undefined ? 'without a password' : 'with a wrong password'
      through.push(`GET ${foreign} as ${credentials.user} ${how}: ${outcome}`)
    } catch {
      // Refused.
    }
  }
  return through
}

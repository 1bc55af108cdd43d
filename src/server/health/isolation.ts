import { findForeignRows } from '../../app/doctor/foreign-rows.ts'
import { findHoles, type Probes } from '../../app/doctor/probe-isolation.ts'
import type { Session } from '../../app/session.ts'
import type { IsolationStatus } from '../../core/health/status.ts'
import { abandon, applicationName, connectAdmin, oneAtATime } from '../../engines/postgres/connection.ts'
import type { ContextPool } from '../../engines/postgres/context/pool.ts'
import { dropProbe, makeProbe, takeLeftOvers } from '../../engines/postgres/doctor/probe.ts'
import { repeat } from './watch.ts'

/** What the last attempts came to. */
export interface Isolation {
  readonly status: IsolationStatus
  /** When, in milliseconds since 1970; null before the first. */
  readonly at: number | null
  /** Null where all is well. */
  readonly reason: string | null
}

export interface IsolationWatch {
  last(): Isolation
  /** Drops the hidden companies, if PostgreSQL lets it in time; else the next router or doctor does. */
  stop(): Promise<void>
}

export interface IsolationTerms {
  /** 0 for no attempts. */
  readonly intervalMs: number
  /** Told of every way in which one company got at another. */
  readonly onHole: (way: string) => void
}

const attemptsMs = 30_000
const goodbyeMs = 2_000

/** Two companies that nobody is shown, and the connection whose locks say that they are in use. */
interface Pair extends Probes {
  readonly session: Session
  readonly drop: () => Promise<void>
  readonly leave: () => void
}

/** Has one hidden company try to get at another, through the pool that requests take, over and over. */
export function watchIsolation(
  session: Session,
  pool: ContextPool,
  { intervalMs, onHole }: IsolationTerms,
): IsolationWatch {
  if (intervalMs === 0) {
    return {
      last: () => ({ status: 'unknown', at: null, reason: 'server.health.isolationMs is 0' }),
      stop: async () => {},
    }
  }
  let pair: Promise<Pair> | undefined
  const leave = (): void => {
    pair?.then((left) => left.leave()).catch(() => {})
    pair = undefined
  }

  // They must not keep a connection that no company asks for.
  const passing: Pick<ContextPool, 'query'> = {
    query: (claims, statement, options) => pool.query(claims, statement, { ...options, passing: true }),
  }

  const attempts = repeat(
    async (): Promise<Omit<Isolation, 'at'>> => {
      pair ??= makePair(session)
      const { session: own, intruder, victim, drop } = await pair
      const { holes, refusals } = await findHoles(own, passing, { intruder, victim })
      const { seen } = await findForeignRows(own, passing, intruder)
      const ways = [...holes, ...seen.map((place) => `see rows of ${place}`)]
      for (const way of ways) onHole(way)
      if (ways.length > 0) return { status: 'degraded', reason: 'one company got at what another has' }
      if (refusals.length === 0) return { status: 'healthy', reason: null }
      // Somebody has taken them away, or requests do not work: nothing follows from what was refused.
      await drop()
      leave()
      return { status: 'unknown', reason: 'a company did not get at its own rows' }
    },
    { intervalMs, timeoutMs: attemptsMs, onFailure: leave },
  )
  return {
    last() {
      const outcome = attempts.last()
      if (outcome.state === 'unknown') return { status: 'unknown', at: null, reason: 'not tried yet' }
      if (outcome.state === 'ok') return { ...outcome.value, at: outcome.at }
      return { status: 'unknown', at: outcome.at, reason: 'the last attempts could not be made' }
    },
    async stop() {
      attempts.stop()
      const dropped = pair?.then((one) => one.drop()).catch(() => {})
      await Promise.race([dropped, new Promise((resolve) => setTimeout(resolve, goodbyeMs).unref())])
      leave()
    },
  }
}

async function makePair(session: Session): Promise<Pair> {
  const client = oneAtATime(await connectAdmin(session.loaded.config.postgres, applicationName('serve probe')))
  const drop = async (companies: readonly string[]): Promise<void> => {
    for (const company of companies) await dropProbe(client, company)
  }
  const leave = (): void => abandon(client)
  try {
    await drop(await takeLeftOvers(client))
    const intruder = await makeProbe(client)
    const victim = await makeProbe(client)
    return { session: { ...session, client }, intruder, victim, drop: () => drop([intruder, victim]), leave }
  } catch (error) {
    leave()
    throw error
  }
}

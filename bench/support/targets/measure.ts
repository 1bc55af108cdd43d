import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { medianRatio } from '../median.ts'
import { type Side, sides, type Target } from './target.ts'

export interface Times {
  readonly requests: number
  readonly p50Ms: number
  /** Of less than a hundred requests the slowest. */
  readonly p99Ms: number
}

export interface Measured {
  readonly target: Target
  readonly dbsvc: Times
  readonly direct: Times
  /** Of the medians of one round, dbsvc's divided by the engine's. */
  readonly ratio: number
  /** Reads that dbsvc did not answer, such as those that took longer than a company may; their time is that until it said so. */
  readonly refused: number
  /** SHA-256, the first 16 digits, of the rows that both sides have answered, or left. */
  readonly checksum: string
}

const rounds = 5
/** Of a side in one round, however slow it is. */
const fewestRequests = 5
/** Answers that are compared before anything is timed. */
export const comparedTurns = 5

/** One client, which asks again as soon as it has its answer: both sides in turn, `seconds` each. @throws where they answer differently */
export async function measureTarget(target: Target, seconds: number): Promise<Measured> {
  const turns = { dbsvc: 0, direct: 0 }
  const times: Record<Side, number[][]> = { dbsvc: [], direct: [] }
  let refused = 0
  const ask = async (side: Side): Promise<void> => {
    try {
      await target.ask[side](turns[side]++)
    } catch (error) {
      // Of a write it would not be known what it has left.
      if (side === 'direct' || target.readBack !== undefined) throw error
      refused += 1
    }
  }
  let checksum = target.readBack === undefined ? await compareAnswers(target) : ''
  // The first round warms both sides up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of sides) {
      const own: number[] = []
      const endsAt = performance.now() + (seconds * 1_000) / rounds
      while (performance.now() < endsAt || own.length < fewestRequests) {
        const sentAt = performance.now()
        await ask(side)
        own.push(performance.now() - sentAt)
      }
      if (round > 0) times[side].push(own)
    }
  }
  if (target.readBack !== undefined) checksum = await compareWritten(target, Math.min(turns.dbsvc, turns.direct))
  const p50s = (side: Side): number[] => times[side].map((own) => timesOf(own).p50Ms)
  return {
    target,
    dbsvc: timesOf(times.dbsvc.flat()),
    direct: timesOf(times.direct.flat()),
    ratio: medianRatio(p50s('dbsvc'), p50s('direct')),
    refused,
    checksum,
  }
}

/** @throws where the sides answer one turn differently, or with nothing */
export async function compareAnswers({ name, ask }: Target): Promise<string> {
  const rows: unknown[] = []
  for (let turn = 0; turn < comparedTurns; turn += 1) {
    const [mine, theirs] = [await ask.dbsvc(turn), await ask.direct(turn)]
    requireEqual(name, mine, theirs)
    rows.push(mine)
  }
  return checksumOf(rows)
}

async function compareWritten({ name, readBack }: Target, turns: number): Promise<string> {
  const read = async (side: Side) => (await readBack?.(side, turns)) ?? []
  const [mine, theirs] = [await read('dbsvc'), await read('direct')]
  requireEqual(name, mine, theirs)
  return checksumOf(mine)
}

function requireEqual(name: string, mine: readonly unknown[], theirs: readonly unknown[]): void {
  if (mine.length > 0 && isDeepStrictEqual(mine, theirs)) return
  const shown = [mine, theirs].map((rows) => JSON.stringify(rows).slice(0, 500))
  throw new Error(`${name}: dbsvc and the engine differ, ${shown.join(' and ')}`)
}

const checksumOf = (rows: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)

function timesOf(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN
  return { requests: times.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}

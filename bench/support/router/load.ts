import { setTimeout as delay } from 'node:timers/promises'
import { seededRandom } from '../../../test/support/seeded-random.ts'
import { processorTime } from '../processor-time.ts'
import type { Contender } from './contender.ts'
import type { Workload } from './workloads.ts'
import { zipfOf } from './zipf.ts'

export interface Load {
  readonly contender: Contender
  readonly workload: Workload
  /** By rank of Zipf's law. */
  readonly companies: readonly string[]
  readonly clients: number
  readonly seconds: number
  /** Requests per second of all clients together; as many as there can be where it is left out. */
  readonly pace?: number
  readonly seed: number
  /** Of PostgreSQL. */
  readonly serverPid: number
}

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of all processes that took part, the client's included; NaN where there is no /proc. */
  readonly processorMs: number
}

/** So many clients, each of which asks again as soon as it has its answer, for a bounded time. @throws what a request throws */
export async function measure({
  contender,
  workload,
  companies,
  clients,
  seconds,
  pace,
  seed,
  serverPid,
}: Load): Promise<Measured> {
  const zipf = zipfOf(companies.length)
  const times: number[] = []
  const processorBefore = await processorTime(serverPid)
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  let sent = 0
  const turn = async (): Promise<void> => {
    if (pace === undefined) return
    const dueAt = startedAt + (sent++ / pace) * 1_000
    if (dueAt > performance.now()) await delay(dueAt - performance.now())
  }
  const client = async (number: number): Promise<void> => {
    const random = seededRandom(seed * 1_000 + number)
    for (;;) {
      await turn()
      if (performance.now() >= endsAt) break
      const company = companies[zipf(random)] ?? ''
      const values = workload.values(random)
      const sentAt = performance.now()
      const rows = await contender.ask(company, workload, values)
      times.push(performance.now() - sentAt)
      if (rows.length !== workload.rows) {
        throw new Error(
          `${contender.name} answered ${workload.name} with ${rows.length} rows instead of ${workload.rows}`,
        )
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  const elapsed = (performance.now() - startedAt) / 1_000
  const processorMs = ((await processorTime(serverPid)) - processorBefore) / times.length
  const sorted = times.sort((a, b) => a - b)
  const at = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return { requests: times.length, perSecond: times.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99), processorMs }
}

import type { BenchmarkServer } from '../server.ts'
import type { Contender } from './contender.ts'
import { type Measured, measure } from './load.ts'
import type { Workload, WorkloadName } from './workloads.ts'

/** What one contender did in all rounds of one workload with so many clients. */
export interface Series {
  readonly contender: Contender['name']
  readonly workload: WorkloadName
  readonly clients: number
  readonly rounds: readonly Measured[]
}

export interface Turns {
  readonly contenders: readonly Contender[]
  readonly workload: Workload
  readonly companies: readonly string[]
  readonly clients: number
  readonly rounds: number
  /** Of each round. */
  readonly seconds: number
  /** Before the first one: statements are prepared on every connection, and JavaScript is compiled. */
  readonly warmUp: number
  readonly server: BenchmarkServer
}

/** Takes all contenders through the rounds of one workload, in turn. @returns one of each, and how many rows were inserted, warming up included */
export async function measureSeries({
  contenders,
  workload,
  companies,
  clients,
  rounds,
  seconds,
  warmUp,
  server,
}: Turns): Promise<{ readonly series: readonly Series[]; readonly inserts: number }> {
  const all = contenders.map((contender) => ({ contender, measured: [] as Measured[] }))
  let inserts = 0
  for (let round = 0; round <= rounds; round += 1) {
    await server.checkpoint()
    for (const { contender, measured } of all) {
      const one = await measure({
        contender,
        workload,
        companies,
        clients,
        seconds: round > 0 ? seconds : warmUp,
        seed: round + 1,
        serverPid: server.pid,
      })
      if (workload.verb === 'execute') inserts += one.requests
      if (round > 0) measured.push(one)
    }
  }
  const series = all.map(({ contender, measured }) => ({
    contender: contender.name,
    workload: workload.name,
    clients,
    rounds: measured,
  }))
  return { series, inserts }
}

export const find = (
  series: readonly Series[],
  contender: Contender['name'],
  workload: WorkloadName,
  clients: number,
): Series | undefined =>
  series.find((one) => one.contender === contender && one.workload === workload && one.clients === clients)

export const perSecond = ({ rounds }: Series): number[] => rounds.map((measured) => measured.perSecond)

import { type Load, measure } from '../router/load.ts'
import { measureOwnTime, type OwnTime } from '../router/own-time.ts'
import type { Dbsvc } from '../router/peers/dbsvc.ts'
import { workloads } from '../router/workloads.ts'

const clients = 16
const runs = 3

/** What the router itself takes of a point read, at half the pace that it can keep; the first `warmUp` seconds find that pace. */
export async function measureRouting(
  dbsvc: Dbsvc,
  { company, serverPid, seconds, warmUp }: Pick<Load, 'serverPid' | 'seconds'> & { company: string; warmUp: number },
): Promise<OwnTime> {
  const load = { contender: dbsvc, workload: workloads.w1, companies: [company], clients, serverPid }
  await measure({ ...load, seconds: warmUp, seed: 1 })
  const { perSecond } = await measure({ ...load, seconds: 1, seed: 2 })
  return measureOwnTime({ ...load, seconds, pace: perSecond / 2 }, dbsvc.log, runs)
}

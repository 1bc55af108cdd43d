import type { Binary } from '../binary.ts'
import { peakMb } from '../peak-memory.ts'
import { processorTime } from '../processor-time.ts'
import type { BenchmarkServer } from '../server.ts'
import { createCompanies, type Fleet } from './fleet.ts'

/** One `tenant create --from`. */
export interface Creation {
  readonly companies: number
  readonly msPerCompany: number
  /** Of processor time, the server's included. */
  readonly processorMsPerCompany: number
  readonly peakMb: number
}

export async function measureCreation(binary: Binary, server: BenchmarkServer, fleet: Fleet): Promise<Creation> {
  const companies = fleet.companies.length
  const before = await processorTime(server.pid)
  const run = await createCompanies(binary, fleet)
  const processor = (await processorTime(server.pid)) - before
  return {
    companies,
    msPerCompany: run.milliseconds / companies,
    processorMsPerCompany: processor / companies,
    peakMb: peakMb(run),
  }
}

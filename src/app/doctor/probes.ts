import { dropProbe, makeProbe, takeLeftOvers } from '../../engines/postgres/doctor/probe.ts'
import type { Session } from '../session.ts'

/** Gives two throw-away companies to `work`, and drops them whatever happens; those of a doctor that is killed, the next one drops. */
export async function withProbes<Result>(
  { client }: Session,
  work: (intruder: string, victim: string) => Promise<Result>,
): Promise<Result> {
  const probes: string[] = []
  try {
    const intruder = await makeProbe(client)
    probes.push(intruder)
    const victim = await makeProbe(client)
    probes.push(victim)
    return await work(intruder, victim)
  } finally {
    for (const probe of probes) await dropProbe(client, probe)
  }
}

/** @returns the companies that were left over */
export async function removeLeftOvers({ client }: Session): Promise<readonly string[]> {
  const leftOvers = await takeLeftOvers(client)
  for (const company of leftOvers) await dropProbe(client, company)
  return leftOvers
}

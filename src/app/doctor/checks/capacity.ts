import { readCapacity } from '../../../engines/postgres/doctor/capacity.ts'
import { defineCheck, type Observation } from '../check.ts'

/** Sessions beside the workers of a run: its own, one for locks, and a pool of requests. */
const others = 10
const crowdedFraction = 0.8

export const capacity = defineCheck({
  id: 'capacity',
  engine: 'postgres',
  needs: 'control',
  summary: "the server has connections and locks for the configured batches, by what a company's objects take",
  findings: {
    'connections-few': {
      severity: 'warning',
      means: 'A migration takes the connections that requests of companies need, or cannot begin.',
    },
    'connections-crowded': {
      severity: 'warning',
      means: 'The next few clients are refused.',
    },
    'locks-few': {
      severity: 'warning',
      means:
        'Batches are made smaller than migrations.batchSize, and migrations take longer; a single big company can still exhaust the table of locks.',
    },
  },
  async look({ session, loaded }) {
    const { batchSize, connections } = loaded.config.migrations
    const found = await readCapacity((await session()).client)
    const seen: Observation<'connections-few' | 'connections-crowded' | 'locks-few'>[] = []
    if (found.connections < connections + others) {
      const wanted = 2 * (connections + others)
      seen.push({
        id: 'connections-few',
        message: `${found.connections} connections for clients, ${connections} of which a migration takes`,
        mend: `alter system set max_connections = ${wanted}; then restart the server`,
      })
    }
    if (found.used > found.connections * crowdedFraction) {
      seen.push({
        id: 'connections-crowded',
        message: `${found.used} of ${found.connections} connections are in use`,
        mend: 'select usename, application_name, count(*) from pg_stat_activity group by 1, 2 order by 3 desc',
      })
    }
    // As a run does: half of the table stays for everybody else.
    const wanted = found.objects * batchSize * connections * 2
    if (wanted > found.locks) {
      const perTransaction = Math.ceil(wanted / (found.locks / found.locksPerTransaction) / 64) * 64
      seen.push({
        id: 'locks-few',
        message: `${found.locks} locks; a company such as ${found.company} has ${found.objects} objects to lock, ${batchSize} companies on ${connections} connections make ${wanted / 2} of half of them`,
        mend: `alter system set max_locks_per_transaction = ${perTransaction}; then restart the server`,
      })
    }
    return seen
  },
})

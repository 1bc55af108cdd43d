import { readReplication } from '../../../engines/postgres/doctor/replication.ts'
import { defineCheck } from '../check.ts'

const mostLagSeconds = 60
const mostLagBytes = 256 * 1024 * 1024
/** A base backup under way, and somebody who has only just come. */
const passing = ['backup', 'startup']

export const replication = defineCheck({
  id: 'replication',
  engine: 'postgres',
  needs: 'server',
  summary: 'standbys, where there are any, keep up',
  findings: {
    'standby-behind': {
      severity: 'warning',
      means: 'Reads there are old, a failover would lose what it lacks, and dbsvc key rotate waits for it.',
    },
    'slot-inactive': {
      severity: 'warning',
      means: 'The server keeps all changes since for somebody who does not fetch them, until its disk is full.',
    },
  },
  async look({ session }) {
    const { standbys, slots } = await readReplication((await session()).client)
    return [
      ...standbys
        .filter(({ state, lagBytes, lagSeconds }) => {
          const late = (lagSeconds ?? 0) > mostLagSeconds || (lagBytes ?? Number.POSITIVE_INFINITY) > mostLagBytes
          return !passing.includes(state) && (state !== 'streaming' || late)
        })
        .map(({ name, state, lagBytes, lagSeconds }) => ({
          id: 'standby-behind' as const,
          message: `standby ${name} is ${state}, ${lagBytes === null ? 'and has replayed nothing' : `${lagBytes} bytes and ${Math.round(lagSeconds ?? 0)} s behind`}`,
          mend: 'select * from pg_stat_replication',
        })),
      ...slots.map(({ name, retainedBytes }) => ({
        id: 'slot-inactive' as const,
        message: `replication slot ${name} is not in use and keeps ${retainedBytes} bytes`,
        mend: `select pg_drop_replication_slot('${name}'), once nobody will come for it`,
      })),
    ]
  },
})

import { type FreeDisk, readFreeDisk } from '../../../engines/postgres/doctor/disk.ts'
import { defineCheck } from '../check.ts'

const fullFraction = 0.03
const lowFraction = 0.1

export const disk = defineCheck({
  id: 'disk',
  engine: 'postgres',
  needs: 'server',
  summary: 'the disk of the server has room, where that can be seen from here',
  findings: {
    'disk-full': {
      severity: 'error',
      means: 'PostgreSQL stops when it cannot write its log of changes, and needs room to start again.',
    },
    'disk-low': {
      severity: 'warning',
      means: 'A migration that rewrites tables, or a replica that falls behind, can fill the rest.',
    },
    'disk-unknown': {
      severity: 'info',
      means:
        'PostgreSQL does not tell how much room its disk has; it can only be looked at on the machine of the server.',
    },
  },
  async look({ session, facts, loaded }) {
    const { client } = await session()
    const { databaseBytes, free, reason } = await readFreeDisk(client, loaded.config.postgres.host)
    facts.databaseBytes = databaseBytes
    facts.freeDiskBytes = free?.freeBytes ?? null
    if (free !== null) return judge(free)
    return [
      {
        id: 'disk-unknown',
        message: `the database has ${megabytes(databaseBytes)}; how much room is left is not known: ${reason}`,
        mend: 'df -h, on the machine of the server',
      },
    ]
  },
})

function judge({ directory, freeBytes, totalBytes }: FreeDisk) {
  const fraction = freeBytes / totalBytes
  if (fraction >= lowFraction) return []
  const id = fraction < fullFraction ? ('disk-full' as const) : ('disk-low' as const)
  const message = `${directory} has ${megabytes(freeBytes)} free of ${megabytes(totalBytes)}`
  return [{ id, message, mend: `df -h ${directory}` }]
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`

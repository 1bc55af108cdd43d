import { knownFlawsOf } from '../../../core/doctor/known-flaws.ts'
import { defineCheck } from '../check.ts'

export const knownFlaws = defineCheck({
  id: 'known-flaws',
  engine: 'postgres',
  needs: 'server',
  summary: 'the server has the minor release that closes what is known to break isolation',
  findings: {
    'server-vulnerable': {
      severity: 'error',
      means: 'What isolation rests on has a published hole in this release, whatever is configured.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    const { rows } = await client.query<{ number: string }>(`select current_setting('server_version_num') as number`)
    const found = knownFlawsOf(Number(rows[0]?.number))
    if (found === null) return []
    const { version, flaws, closedIn } = found
    return [
      {
        id: 'server-vulnerable' as const,
        message: `PostgreSQL ${version} has ${flaws.map(({ cve, what }) => `${cve} (${what})`).join(', ')}`,
        mend: `PostgreSQL ${closedIn} or newer of the same major version, in place of ${version}; no SQL mends it`,
      },
    ]
  },
})

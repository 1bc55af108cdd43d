import { findExposed } from '../../../engines/postgres/doctor/exposure.ts'
import { defineCheck } from '../check.ts'

export const exposure = defineCheck({
  id: 'exposure',
  engine: 'postgres',
  needs: 'control',
  summary: 'no table, view, partition or chunk can be reached by companies without the proof of who is asking',
  findings: {
    'relation-exposed': {
      severity: 'error',
      means: 'Every company can read or change what is in it, whoever it belongs to.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    return (await findExposed(client)).map(({ relation, protect, grantees }) => ({
      id: 'relation-exposed' as const,
      message: `${relation} can be reached without proof`,
      mend: protect === null ? `revoke all on ${relation} from ${grantees}` : `set role dbsvc_owner; ${protect}`,
    }))
  },
})

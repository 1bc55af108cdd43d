import { proofParameter, readKeptProof } from '../../../engines/postgres/doctor/kept-proof.ts'
import { defineCheck, type Observation } from '../check.ts'

export const keptProof = defineCheck({
  id: 'kept-proof',
  engine: 'postgres',
  needs: 'control',
  summary: 'what dbsvc.enter has verified is kept where sessions cannot write to',
  findings: {
    'proof-forgeable': {
      severity: 'error',
      means: 'Whoever can set that parameter can be any company, without a signed context.',
    },
    'proof-not-kept': {
      severity: 'info',
      means: 'Every table verifies the context again; queries are slower, and isolation is not affected.',
    },
  },
  async look({ session }) {
    const { kept, others, preset } = await readKeptProof((await session()).client)
    const found: Observation<'proof-forgeable' | 'proof-not-kept'>[] = others.map((role) => ({
      id: 'proof-forgeable',
      message: `${role} may set ${proofParameter}`,
      mend: `revoke all on parameter ${proofParameter} from ${role}`,
    }))
    if (preset) {
      const message = `sessions begin with a ${proofParameter} that looks like a proof`
      const mend = `select * from pg_db_role_setting; show ${proofParameter}: reset it where it is set`
      found.push({ id: 'proof-forgeable', message, mend })
    }
    if (!kept) {
      const mend = `grant set on parameter ${proofParameter} to dbsvc_keeper`
      found.push({ id: 'proof-not-kept', message: `dbsvc_keeper may not set ${proofParameter}`, mend })
    }
    return found
  },
})

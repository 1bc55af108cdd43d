import { findLooseKeys, findLooseReferences } from '../../../engines/postgres/doctor/keys.ts'
import { defineCheck } from '../check.ts'

export const keys = defineCheck({
  id: 'keys',
  engine: 'postgres',
  needs: 'control',
  summary: 'keys of shared tables begin with company_id, so that none tells a company of rows that are not its own',
  findings: {
    'key-not-by-company': {
      severity: 'error',
      means:
        'A company that inserts a value learns from the conflict that another company has it, and can take values from others.',
    },
    'foreign-key-not-by-company': {
      severity: 'error',
      means:
        'A company that inserts a reference learns whether another company has such a row, and can keep it from being deleted.',
    },
  },
  async look({ session }) {
    const { client } = await session()
    return [
      ...(await findLooseKeys(client)).map(({ relation, name, begins, mend }) => ({
        id: 'key-not-by-company' as const,
        message: `unique key ${name} of ${relation} begins with ${begins}`,
        mend,
      })),
      ...(await findLooseReferences(client)).map(({ relation, name, begins, mend }) => ({
        id: 'foreign-key-not-by-company' as const,
        message: `foreign key ${name} of ${relation} compares ${begins}, and not company_id`,
        mend,
      })),
    ]
  },
})

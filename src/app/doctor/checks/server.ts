import { DbsvcError } from '../../../core/errors/error.ts'
import { defineCheck } from '../check.ts'

const findingByCode = {
  'DBS-1101': 'server-unreachable',
  'DBS-1102': 'server-refused',
  'DBS-1103': 'server-unsupported',
} as const

export const server = defineCheck({
  id: 'server',
  engine: 'postgres',
  summary: 'the server answers, lets the configured user in, and is new enough',
  findings: {
    'server-unreachable': {
      severity: 'error',
      means:
        'Neither requests nor migrations are served until it answers; nothing else of the server could be looked at.',
    },
    'server-refused': {
      severity: 'error',
      means:
        'dbsvc can neither migrate nor create companies from this machine; nothing else of the server could be looked at.',
    },
    'server-unsupported': {
      severity: 'error',
      means: 'PostgreSQL before 15 lacks what isolation rests on, such as views that respect row security.',
    },
  },
  async look({ session, facts }) {
    try {
      const { client } = await session()
      const { rows } = await client.query<{ version: string }>(`select current_setting('server_version') as version`)
      facts.serverVersion = rows[0]?.version ?? ''
      return []
    } catch (error) {
      const id = error instanceof DbsvcError ? findingByCode[error.code as keyof typeof findingByCode] : undefined
      if (id === undefined) throw error
      return [{ id, message: (error as DbsvcError).message, mend: 'dbsvc config view' }]
    }
  },
})

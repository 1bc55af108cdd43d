import { DbsvcError } from '../../../core/errors/error.ts'
import { inspectControl } from '../../../engines/postgres/control.ts'
import { defineCheck, type Observation } from '../check.ts'

export const control = defineCheck({
  id: 'control',
  engine: 'postgres',
  needs: 'server',
  summary: "dbsvc's own schema is there, and is this dbsvc's",
  findings: {
    'control-missing': {
      severity: 'error',
      means:
        'There are no companies, no ledger and no isolation here yet; the configuration may name another database than you think.',
    },
    'control-behind': {
      severity: 'error',
      means: 'Every command that works on companies refuses until the schema of dbsvc itself is brought up to date.',
    },
    'control-newer': {
      severity: 'error',
      means: 'This dbsvc does not know what a newer one has made here, and refuses to work on it.',
    },
    'control-changed': {
      severity: 'error',
      means:
        'The schema of dbsvc itself was made from other files than those of this version, so nothing can be said of it.',
    },
  },
  async look({ session }) {
    const { client, place } = await session()
    try {
      const { applied, pending } = await inspectControl(client)
      if (pending.length === 0) return []
      if (applied === 0) {
        return [{ id: 'control-missing', message: `${place} is not set up for dbsvc`, mend: 'dbsvc migrate up' }]
      }
      const names = pending.map(({ name }) => name).join(', ')
      return [{ id: 'control-behind', message: `schema dbsvc lacks ${names}`, mend: 'dbsvc migrate up' }]
    } catch (error) {
      return [mismatch(error)]
    }
  },
})

function mismatch(error: unknown): Observation<'control-newer' | 'control-changed'> {
  if (!(error instanceof DbsvcError)) throw error
  const { code, message } = error
  if (code === 'DBS-1405') return { id: 'control-newer', message, mend: 'npm install dbsvc@latest' }
  if (/^DBS-140[123]$/.test(code)) return { id: 'control-changed', message, mend: null }
  throw error
}

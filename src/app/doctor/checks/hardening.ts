import { readHardening } from '../../../engines/postgres/doctor/hardening.ts'
import { defineCheck, type Observation } from '../check.ts'

const mostNamed = 6

export const hardening = defineCheck({
  id: 'hardening',
  engine: 'postgres',
  needs: 'control',
  summary: 'what PostgreSQL lets everybody do by default, and no company should, is revoked',
  findings: {
    'builtin-open': {
      severity: 'warning',
      means:
        'Rows stay isolated; companies can change settings, see or end sessions of their role, or take locks that stop others.',
    },
    'create-open': {
      severity: 'warning',
      means: 'Companies can create tables of their own, temporary or in public, beside everything that dbsvc protects.',
    },
    'drop-owned-open': {
      severity: 'warning',
      means:
        'Whoever can run SQL as a role of companies can run DROP OWNED on it, which takes its grants and its policies away from all of them.',
    },
    'leakproof-unmarked': {
      severity: 'info',
      means:
        'Row security keeps these comparisons from using an index; such queries are slower, and isolation is not affected.',
    },
  },
  async look({ session }) {
    const { functions, views, language, create, dropOwned, unmarked } = await readHardening((await session()).client)
    const found: Observation<'builtin-open' | 'create-open' | 'drop-owned-open' | 'leakproof-unmarked'>[] = []
    if (functions.length > 0) {
      const message = `PUBLIC may execute ${some(functions)}`
      found.push({
        id: 'builtin-open',
        message,
        mend: `revoke execute on function ${functions.join(', ')} from public`,
      })
    }
    if (views.length > 0) {
      const message = `PUBLIC may read ${some(views)}`
      found.push({ id: 'builtin-open', message, mend: `revoke select on ${views.join(', ')} from public` })
    }
    if (language) {
      const mend = 'revoke usage on language plpgsql from public'
      found.push({ id: 'builtin-open', message: 'PUBLIC may use the language plpgsql, and so DO', mend })
    }
    for (const { right, place } of create) {
      const mend = `revoke ${right} on ${place} from public`
      found.push({ id: 'create-open', message: `PUBLIC has ${right} on ${place}`, mend })
    }
    if (!dropOwned) {
      const mend = `create event trigger dbsvc_refuse_drop_owned on ddl_command_start when tag in ('DROP OWNED') execute function dbsvc.refuse_drop_owned()`
      found.push({
        id: 'drop-owned-open',
        message: 'the event trigger dbsvc_refuse_drop_owned is missing or disabled',
        mend,
      })
    }
    if (unmarked.length > 0) {
      const mend = unmarked.map((name) => `alter function ${name} leakproof`).join('; ')
      found.push({ id: 'leakproof-unmarked', message: `not marked LEAKPROOF: ${some(unmarked)}`, mend })
    }
    return found
  },
})

function some(names: readonly string[]): string {
  const more = names.length - mostNamed
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

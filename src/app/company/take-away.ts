import { DbsvcError, reasonOf } from '../../core/errors/error.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { findCompanies } from '../../engines/postgres/company/registry.ts'
import type { Session } from '../session.ts'
import { drop } from './drop.ts'
import { factsOf } from './list.ts'
import type { CreateRecord } from './record.ts'

/**
 * Drops companies that a run has made, which are new and empty.
 * @throws DBS-1211 when some could not be, DBS-1904 interrupted
 */
export async function takeAway(
  session: Session,
  record: CreateRecord,
  made: readonly string[],
  { signal, onEvent }: { readonly signal: AbortSignal; readonly onEvent: (event: RunEvent) => void },
): Promise<void> {
  const companies = [...(await findCompanies(session.client, made)).values()]
  if (companies.length > 0) onEvent({ type: 'warning', text: `taking ${companies.length} companies away again` })
  const left: { company: string; reason: string }[] = []
  for (const company of companies) {
    if (signal.aborted) throw DbsvcError.of('DBS-1904', {})
    try {
      await drop(session, company)
    } catch (error) {
      left.push({ company: company.company, reason: reasonOf(error) })
    }
  }
  if (left.length === 0) return
  const failures = record.failures.map(factsOf)
  throw DbsvcError.of('DBS-1211', { failures, left, takenAway: companies.length - left.length })
}

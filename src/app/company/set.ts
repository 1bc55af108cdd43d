import type { ChangedParameters, CompanyChange } from '../../core/company/change.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { changeCompany } from '../../engines/postgres/company/change.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { limitsOf } from './limits.ts'

/**
 * Changes what a company is registered with. Contexts signed from then on, and sessions that its LOGIN role begins from then on, are
 * held to its new limits. @returns what changed @throws DBS-1203 unknown, DBS-1206 being dropped
 */
export async function setCompany(session: Session, id: string, change: CompanyChange): Promise<ChangedParameters> {
  await requireControl(session.client, session.place)
  return changeCompany(session.client, id, change, (company) => {
    const { state } = company
    if (state === 'dropping') throw DbsvcError.of('DBS-1206', { company: id, state, wanted: 'there to stay' })
    return limitsOf(session.loaded, company)
  })
}

import type { ChangedParameters, CompanyChange } from '../../core/company/change.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { changeCompany } from '../../engines/postgres/company/change.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Store } from '../../engines/store.ts'
import type { Session } from '../session.ts'
import { follow } from '../stores/follow.ts'
import { limitsOf } from './limits.ts'

/**
 * Changes what a company is registered with. Contexts signed from then on, and sessions that its LOGIN role begins from then on, are
 * held to its new limits, and so is its user in every store. @returns what changed
 * @throws DBS-1203 unknown, DBS-1206 being dropped, DBS-1215 when a store has not followed
 */
export async function setCompany(session: Session, id: string, change: CompanyChange): Promise<ChangedParameters> {
  await requireControl(session.client, session.place)
  const changed = await changeCompany(session.client, id, change, (company) => {
    const { state } = company
    if (state === 'dropping') throw DbsvcError.of('DBS-1206', { company: id, state, wanted: 'there to stay' })
    return limitsOf(session.loaded, company)
  })
  const limits = limitsOf(session.loaded, await getCompany(session.client, id))
  const work = (store: Store): Promise<void> => store.applyLimits({ company: id, limits })
  for (const state of ['active', 'suspended'] as const) {
    await follow(session, { company: id, from: [state], to: state, work })
  }
  return changed
}

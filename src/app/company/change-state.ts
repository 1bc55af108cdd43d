import { DbsvcError } from '../../core/errors/error.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { changeState } from '../../engines/postgres/company/state.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'

export interface StateChange {
  readonly company: string
  readonly state: 'active' | 'suspended'
  /** False when it was so already. */
  readonly changed: boolean
}

/**
 * Suspends a company, or lets it in again. From the commit on every new request of it is refused, on open connections too,
 * and its own LOGIN role is locked out. @throws DBS-1203 unknown, DBS-1206 half-provisioned or being dropped
 */
export async function setCompanyState(
  session: Session,
  id: string,
  state: 'active' | 'suspended',
): Promise<StateChange> {
  await requireControl(session.client, session.place)
  const company = await getCompany(session.client, id)
  if (company.state === state) return { company: id, state, changed: false }
  const from = state === 'active' ? 'suspended' : 'active'
  if (company.state !== from) throw DbsvcError.of('DBS-1206', { company: id, state: company.state, wanted: from })
  await changeState(session.client, company, state)
  return { company: id, state, changed: true }
}

import { DbsvcError } from '../../core/errors/error.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { changeState } from '../../engines/postgres/company/state.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { follow } from '../stores/follow.ts'
import { limitsOf } from './limits.ts'

export interface StateChange {
  readonly company: string
  readonly state: 'active' | 'suspended'
  /** False when it was so already, in every engine. */
  readonly changed: boolean
}

/**
 * Suspends a company, or lets it in again, in every engine. Of PostgreSQL every new request is refused from the commit on, on open
 * connections too, and its own LOGIN role is locked out; a store is left last and let in first.
 * @throws DBS-1203 unknown, DBS-1206 half-provisioned or being dropped, DBS-1215 when a store has not followed
 */
export async function setCompanyState(
  session: Session,
  id: string,
  state: 'active' | 'suspended',
): Promise<StateChange> {
  const { client } = session
  await requireControl(client, session.place)
  const company = await getCompany(client, id)
  const from = state === 'active' ? 'suspended' : 'active'
  const isDue = company.state === from
  if (!isDue && company.state !== state) {
    throw DbsvcError.of('DBS-1206', { company: id, state: company.state, wanted: from })
  }
  if (state === 'suspended' && isDue) await changeState(client, company, state)
  const followed = await follow(session, {
    company: id,
    from: [from],
    to: state,
    work: (store) =>
      state === 'suspended'
        ? store.suspend(id)
        : store.resume({ company: id, limits: limitsOf(session.loaded, company) }),
  })
  if (state === 'active' && isDue) await changeState(client, company, state)
  return { company: id, state, changed: isDue || followed.length > 0 }
}

import { placeOf } from '../../core/company/id.ts'
import type { Company } from '../../core/company/spec.ts'
import { type CompanyEvent, type PlaceFacts, readEvents, readPlace } from '../../engines/postgres/company/facts.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { describePlaces, type StorePlace } from '../stores/describe-places.ts'

export interface CompanyView extends Company {
  readonly postgres: PlaceFacts & { readonly cluster: string; readonly schema: string }
  /** In the order they are set up. */
  readonly stores: readonly StorePlace[]
  /** Newest first. */
  readonly events: readonly CompanyEvent[]
}

/** Everything dbsvc knows of one company. @throws DBS-1203 */
export async function showCompany(session: Session, id: string): Promise<CompanyView> {
  await requireControl(session.client, session.place)
  const company = await getCompany(session.client, id)
  const facts = await readPlace(session.client, company)
  return {
    ...company,
    postgres: { cluster: session.place, schema: placeOf(id), ...facts },
    stores: await describePlaces(session, id),
    events: await readEvents(session.client, id),
  }
}

import type { Company } from '../../core/company/spec.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { beginDrop, type DroppedCompany, dropCompany } from '../../engines/postgres/company/drop.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { findRemainsInPostgres } from '../../engines/postgres/company/remains.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { removePlaces } from '../stores/remove-places.ts'
import { takeFinalExport } from './final-export.ts'
import { loginSecretName } from './login-secret.ts'

export interface DropOptions {
  /** The company's name once more. */
  readonly confirm: string | undefined
  /** Where its final export goes, absolute; null for none. */
  readonly exportTo: string | null
  readonly now: Date
}

export interface DropResult extends DroppedCompany {
  /** The engines it was removed from, in that order. */
  readonly engines: readonly string[]
  /** The folder of its final export; null where none was asked for, or it never was active. */
  readonly export: string | null
}

/**
 * Destroys a company in every engine, and looks for anything left of it. From its first step on the company is refused; then its
 * data is exported, and removed in the reverse of the order in which its places were made. Cut off at any point, it goes on when run
 * again. @throws DBS-1204 unless `confirm` is the company's name, DBS-1203 unknown, DBS-1214 when something is left
 */
export async function dropConfirmed(session: Session, id: string, options: DropOptions): Promise<DropResult> {
  const { confirm, exportTo, now } = options
  if (confirm !== id) throw DbsvcError.of('DBS-1204', { company: id, given: confirm ?? '' })
  await requireControl(session.client, session.place)
  const company = await getCompany(session.client, id)
  await beginDrop(session.client, company)
  // One that was never let in has nothing of its own.
  const isEmpty = company.state === 'provisioning'
  const folder = await takeFinalExport(session, company, isEmpty ? null : exportTo, now)
  return { ...(await drop(session, company)), export: folder }
}

/** The same, of a company that nobody needs to be asked about. */
export async function drop(session: Session, company: Company): Promise<Omit<DropResult, 'export'>> {
  const { client, project } = session
  const id = company.company
  await beginDrop(client, company)
  const stores = await removePlaces(session, id)
  // Before the company is forgotten: a run that is cut off here finds the company, and comes by again.
  await project.secretStore.remove(loginSecretName(id))
  const dropped = await dropCompany(client, company)
  const remains = await findRemainsInPostgres(client, id)
  if (remains.length > 0) throw DbsvcError.of('DBS-1214', { company: id, engine: 'PostgreSQL', remains })
  return { ...dropped, engines: [...stores, 'postgres'] }
}

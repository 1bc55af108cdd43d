import { openSecretStore } from '../../config/secret-store.ts'
import type { Company } from '../../core/company/spec.ts'
import { DbsvcError } from '../../core/errors/error.ts'
import { type DroppedCompany, dropCompany } from '../../engines/postgres/company/drop.ts'
import { getCompany } from '../../engines/postgres/company/registry.ts'
import { requireControl } from '../../engines/postgres/control.ts'
import type { Session } from '../session.ts'
import { loginSecretName } from './login-secret.ts'

/**
 * Destroys a company: schema, rows of shared tables, LOGIN role, secret, registry. Cut off at any point, it goes on when run
 * again. @throws DBS-1204 unless `confirm` is the company's name, DBS-1203 unknown
 */
export async function dropConfirmed(
  session: Session,
  id: string,
  confirm: string | undefined,
): Promise<DroppedCompany> {
  if (confirm !== id) throw DbsvcError.of('DBS-1204', { company: id, given: confirm ?? '' })
  await requireControl(session.client, session.place)
  return drop(session, await getCompany(session.client, id))
}

/** The same, of a company that nobody needs to be asked about. */
export async function drop(session: Session, company: Company): Promise<DroppedCompany> {
  const dropped = await dropCompany(session.client, company)
  await openSecretStore(session.project.secrets).remove(loginSecretName(company.company))
  return dropped
}

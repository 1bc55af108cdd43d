import type { Call } from '../call.ts'
import type { ServiceIdentity } from './identity.ts'

/** Says who calls. */
export interface Authenticator {
  /** @throws DBS-2101 without or with a wrong credential, DBS-2103 after too many of those */
  authenticate(call: Call): Promise<ServiceIdentity> | ServiceIdentity
  close(): Promise<void>
}

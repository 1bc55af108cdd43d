import type { Caller } from '../call.ts'
import type { ServiceIdentity } from './identity.ts'

/** Says who calls. */
export interface Authenticator {
  /** @throws DBS-2101 without or with a wrong credential, DBS-2103 after too many of those, DBS-2104 when it cannot be told */
  authenticate(caller: Caller): Promise<ServiceIdentity>
  close(): Promise<void>
}

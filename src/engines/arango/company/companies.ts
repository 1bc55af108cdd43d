import type { ArangoServer } from '../connection/server.ts'
import type { CompanyRegister } from './register.ts'

/** What the work on companies needs. */
export interface Companies {
  readonly server: ArangoServer
  readonly register: CompanyRegister
  readonly passwordOf: (company: string) => Promise<string>
}

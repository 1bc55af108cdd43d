import { type Mechanism, sql } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'
import { techniques as functions } from './functions.ts'

const honest = 'select * from public.notes'
const inTransaction = (lock: string): readonly string[] => ['begin', lock]
// Taken back, a right would be missing that the shared role has by another grant: each has a database of its own.
const noRight = (...rights: readonly string[]): Mechanism =>
  sql(`no right: ${rights.join(', ')}`, ...rights.map((right) => `grant ${right} to dbsvc_companies`))
const locks = (mechanism: Mechanism, list: readonly string[]): Technique => ({
  name: `lock what it may not change, ${mechanism.name}`,
  entry: 'login',
  secret: 'that others wait',
  refusal: /^42501 permission denied/,
  mechanism,
  success: 'runs',
  honest,
  variants: each(list, inTransaction),
})

/** What the shared role is kept from, a company with a login is kept from too. */
export const techniques: readonly Technique[] = [
  ...functions.map((technique): Technique => ({ ...technique, entry: 'login', honest })),
  locks(noRight('usage on schema tenant_company_xyz', 'update on tenant_company_xyz.users'), [
    'lock table tenant_company_xyz.users',
    'lock table tenant_company_xyz.users in access share mode',
    'lock tenant_company_xyz.users in row exclusive mode nowait',
    'lock table public.notes, tenant_company_xyz.users in share mode',
  ]),
  locks(noRight('update on dbsvc.companies', 'update on dbsvc.targets'), [
    'lock table dbsvc.companies in row exclusive mode',
    'lock table dbsvc.companies',
    'lock table dbsvc.targets in exclusive mode',
    'lock table dbsvc.targets, dbsvc.companies in share mode nowait',
  ]),
]

import type { Mechanism } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

/** To every company's login. */
const eachLogin = (change: string): string => `do $do$ declare login name; begin
  for login in select member::regrole::name from pg_auth_members where roleid = 'dbsvc_companies'::regrole
  loop execute format('${change}', login); end loop; end $do$`

const noMembership = (role: string): Mechanism => ({
  name: `no membership of logins: ${role}`,
  off: async (client) => void (await client.query(eachLogin(`grant ${role} to %I with inherit true, set true`))),
  on: async (client) => void (await client.query(eachLogin(`revoke ${role} from %I`))),
})

const common = {
  entry: 'login',
  secret: 'the rights of another role',
  refusal: /^42501 permission denied to set role/,
  success: 'runs',
  honest: 'select * from public.notes',
} as const

/** Becoming whom a company's login is no member of. */
export const techniques: readonly Technique[] = [
  'dbsvc_owner',
  'dbsvc_keeper',
  'dbsvc_router',
  'database_service_role',
].map((role) => ({
  ...common,
  name: `become ${role}`,
  mechanism: noMembership(role),
  variants: {
    'SET ROLE': `set role ${role}`,
    'as a text': `set role '${role}'`,
    'of the session': `set session role ${role}`,
    'of the transaction': ['begin', `set local role ${role}`],
    'by its quoted name': `set role "${role}"`,
    'behind RESET': ['reset role', `set role ${role}`],
  },
}))

import type { Client } from 'pg'

/** One thing that keeps companies apart, and how it is taken away in a throw-away database. */
export interface Mechanism {
  readonly name: string
  off(client: Client): Promise<void>
  /** Puts it back, so that the database serves the next; without it each has a database of its own. */
  on?(client: Client): Promise<void>
  /** The pool's distrust is what is removed: the statements go over one connection that nobody distrusts. */
  readonly trusting?: true
}

const all =
  (statements: readonly string[]) =>
  async (client: Client): Promise<void> => {
    for (const sql of statements) await client.query(sql)
  }

export const sql = (name: string, ...off: readonly string[]): Mechanism => ({ name, off: all(off) })

/** Nothing is to be done: the statement goes by the shared role's connection instead of the router's. */
export const guard: Mechanism = { name: 'guard', off: async () => {}, on: async () => {} }

export const distrust: Mechanism = {
  name: 'distrust of connections',
  off: async () => {},
  on: async () => {},
  trusting: true,
}

/** Rights that the attacker's role does not have, such as `select on dbsvc.context_keys`. */
export const noGrant = (...rights: readonly string[]): Mechanism => ({
  name: `no right: ${rights.join(', ')}`,
  off: all(rights.map((right) => `grant ${right} to database_service_role, dbsvc_companies`)),
  on: all(rights.map((right) => `revoke ${right} from database_service_role, dbsvc_companies`)),
})

/** Memberships that the shared role does not have. */
export const noMembership = (role: string): Mechanism => ({
  name: `no membership: ${role}`,
  // Roles of dbsvc do not inherit by default.
  off: all([`grant ${role} to database_service_role with inherit true, set true`]),
  on: all([`revoke ${role} from database_service_role`]),
})

/** That the owner of shared tables sees of them what its caller may see, and everything only where dbsvc itself works. */
const seeAll = `do $do$ declare t record; begin
  for t in select polrelid::regclass as place from pg_policy where polname = 'owner_access'
  loop execute format('alter policy owner_access on %s using (true)', t.place); end loop; end $do$`

export const wideOwner: Mechanism = {
  name: "that its owner's sight is that of its caller",
  off: all([seeAll]),
  on: all([`select dbsvc.narrow_owner(array['public'])`]),
}

/** The membership in dbsvc_owner, and what that would be good for. */
export const noOwner: Mechanism = {
  name: 'no membership: dbsvc_owner, whose sight is that of its caller',
  off: all(['grant dbsvc_owner to database_service_role with inherit true, set true', seeAll]),
  on: all([`select dbsvc.narrow_owner(array['public'])`, 'revoke dbsvc_owner from database_service_role']),
}

/** That a view runs as its caller, and its owner sees what that one may see. */
export const callersView = (view: string): Mechanism =>
  sql(
    `security_invoker of ${view}, whose owner's sight is that of its caller`,
    `alter view ${view} set (security_invoker = false)`,
    seeAll,
  )

/** An attribute that the shared role does not have. */
export const noAttribute = (attribute: 'superuser' | 'bypassrls' | 'createrole'): Mechanism => ({
  name: `no attribute: ${attribute}`,
  off: all([`alter role database_service_role ${attribute}`]),
  on: all([`alter role database_service_role no${attribute}`]),
})

/** That nobody makes temporary objects, which come before all others in every search_path. */
export const noTemporary: Mechanism = sql(
  'no right: temporary',
  `do $$ begin execute format('grant temporary on database %I to database_service_role, dbsvc_companies', current_database()); end $$`,
)

/** That the shared role owns nothing; its own company's tables here. */
export const noOwnership: Mechanism = sql(
  'no ownership',
  'grant create on schema tenant_company_abc to database_service_role',
  'alter table tenant_company_abc.users owner to database_service_role',
)

const everyTable = (command: string): string => `do $do$ declare t record; begin
  for t in select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relrowsecurity and (n.nspname = 'public' or n.nspname ~ '^tenant_')
  loop execute format('${command}', t.name); end loop; end $do$`

export const rowSecurity = sql('row security', everyTable('alter table %s disable row level security'))

/** The restrictive policy that verifies the signed context; the specified one on a setting stays. */
export const companyProof = sql('company_proof', everyTable('drop policy if exists company_proof on %s'))

/** The proof of the user inside of a company. */
export const userProof = sql(
  'proof of the user',
  `create or replace function dbsvc.current_user_id() returns text language sql stable return ''`,
)

/** The condition in the view over the private table of a time series. */
export const seriesCondition = sql(
  'condition of the view',
  'create or replace view public.trading_ticks with (security_barrier) as select * from private_shared.trading_ticks',
  'create or replace view public.ai_predictions with (security_barrier) as select * from private_shared.ai_predictions',
)

export const seriesCheckOption = sql('check option of the view', 'alter view public.trading_ticks reset (check_option)')

/** One check of dbsvc.verify or another function: what the pattern matches is cut out of its source, or replaced. */
export const checkIn = (name: string, signature: string, pattern: RegExp, replacement = ''): Mechanism => ({
  name,
  async off(client) {
    const { rows } = await client.query<{ source: string }>(
      `select pg_get_functiondef('${signature}'::regprocedure) as source`,
    )
    const source = rows[0]?.source ?? ''
    if (source.search(pattern) < 0) throw new Error(`${signature} has no ${pattern}`)
    await client.query(source.replace(pattern, replacement))
  },
})

const verify = 'dbsvc.verify(text, boolean)'
export const signatureCheck = checkIn('check of the signature', verify, / {2}if sha256\([\s\S]*?end if;\n/)
export const sessionCheck = checkIn('check of the session', verify, / {2}if field\[12\][\s\S]*?end if;\n/)
export const expiryCheck = checkIn('check of the expiry', verify, / {2}if field\[13\][\s\S]*?end if;\n/)
export const databaseCheck = checkIn('check of the database', verify, / {2}if field\[3\][\s\S]*?end if;\n/)
export const modeCheck = checkIn('check of the mode', verify, / {2}if field\[11\][\s\S]*?end if;\n/)
export const retirementCheck = checkIn('check of retired keys', verify, / and \(retires_at[^)]*\)\)?/)
export const stateCheck = checkIn(
  "check of the company's state",
  'dbsvc.admit(text)',
  / {2}if found_state[\s\S]*?end if;\n/,
)

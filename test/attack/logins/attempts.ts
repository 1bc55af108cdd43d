/** Whose password the attacker has. */
export type Thief = 'dbsvc_router' | 'dbsvc_observer' | 'tenant_direct'

/** Something that a stolen password must not be good for. */
export interface Attempt {
  readonly name: string
  readonly as: readonly Thief[]
  /** `%pid` is the server process of an administrator's connection, `%token` a context that is signed for this one's. */
  readonly sql: string
  readonly refusal: RegExp
  /** The one mechanism that holds it, taken away and put back; `%role` is the thief, `%drop_probe` the function as it was. */
  readonly off: readonly string[]
  readonly on: readonly string[]
}

const logins: readonly Thief[] = ['dbsvc_router', 'dbsvc_observer']
const everyone: readonly Thief[] = [...logins, 'tenant_direct']
const denied = /^42501 permission denied/

/** A right, or several, that the thief does not have. */
const noGrant = (...rights: readonly string[]): Pick<Attempt, 'off' | 'on'> => ({
  off: rights.map((right) => `grant ${right} to %role`),
  on: rights.map((right) => `revoke ${right} from %role`),
})
const noMembership = (role: string): Pick<Attempt, 'off' | 'on'> => ({
  off: [`grant ${role} to %role with inherit true, set true`],
  on: [`revoke ${role} from %role`],
})
/** Rights on a table with row security: without the attribute, the right alone shows no row. */
const noSight = (...rights: readonly string[]): Pick<Attempt, 'off' | 'on'> => ({
  off: [...noGrant(...rights).off, 'alter role %role bypassrls'],
  on: [...noGrant(...rights).on, 'alter role %role nobypassrls'],
})

export const attempts: readonly Attempt[] = [
  {
    name: "read a company's own table",
    as: everyone,
    sql: 'select email from tenant_company_xyz.users',
    refusal: denied,
    ...noSight('usage on schema tenant_company_xyz', 'select on tenant_company_xyz.users'),
  },
  {
    name: 'read a shared table',
    as: logins,
    sql: 'select symbol from public.market_data',
    refusal: denied,
    ...noSight('select on public.market_data'),
  },
  {
    name: 'read what a time series keeps behind its view',
    as: everyone,
    sql: 'select symbol from private_shared.trading_ticks',
    refusal: denied,
    ...noGrant('usage on schema private_shared', 'select on private_shared.trading_ticks'),
  },
  {
    name: "change a company's rows",
    as: logins,
    sql: `update public.market_data set symbol = 'stolen' returning symbol`,
    refusal: denied,
    ...noSight('select, update on public.market_data'),
  },
  {
    name: 'read the signing key',
    as: everyone,
    sql: 'select inner_pad, outer_pad from dbsvc.context_keys',
    refusal: denied,
    ...noGrant('select (inner_pad, outer_pad) on dbsvc.context_keys'),
  },
  {
    name: 'enter a context that somebody else signed',
    as: logins,
    sql: `select dbsvc.enter('%token')`,
    refusal: /^42501 permission denied for function enter/,
    ...noGrant('execute on function dbsvc.enter(text)'),
  },
  {
    name: 'read responses that are kept for idempotency keys',
    as: everyone,
    sql: 'select response from dbsvc.idempotency_keys',
    refusal: denied,
    ...noGrant('select on dbsvc.idempotency_keys'),
  },
  {
    name: 'read digests of API keys',
    as: ['dbsvc_observer', 'tenant_direct'],
    sql: 'select digest from dbsvc.service_keys',
    refusal: denied,
    ...noGrant('select (digest) on dbsvc.service_keys'),
  },
  {
    name: 'make an API key',
    as: everyone,
    sql: `insert into dbsvc.service_keys (key_id, service, digest) values ('00000000', 'canary', sha256('mine'))`,
    refusal: denied,
    ...noGrant('insert on dbsvc.service_keys'),
  },
  {
    name: 'take the proof off a table',
    as: everyone,
    sql: 'alter policy company_proof on public.market_data using (true)',
    refusal: /^42501 must be owner/,
    ...noMembership('dbsvc_owner'),
  },
  {
    name: 'grant itself a table',
    as: logins,
    sql: 'grant select on public.market_data to %role',
    refusal: denied,
    ...noMembership('dbsvc_owner'),
  },
  {
    name: 'change which version a company is on',
    as: everyone,
    sql: `update dbsvc.targets set version = 'stolen'`,
    refusal: denied,
    ...noGrant('update on dbsvc.targets'),
  },
  {
    name: 'let a company in that is suspended',
    as: everyone,
    sql: `update dbsvc.companies set state = 'active'`,
    refusal: denied,
    ...noGrant('update on dbsvc.companies'),
  },
  ...['dbsvc_owner', 'dbsvc_keeper', 'database_service_role', 'tenant_other', 'postgres'].map((role) => ({
    name: `become ${role}`,
    as: everyone,
    sql: `set role ${role}`,
    refusal: /^42501 permission denied to set role/,
    ...noMembership(role),
  })),
  {
    name: "end somebody else's connection",
    as: everyone,
    sql: 'select pg_terminate_backend(%pid)',
    refusal: denied,
    off: ['alter role %role superuser'],
    on: ['alter role %role nosuperuser'],
  },
  {
    name: 'read what other sessions are running',
    as: ['dbsvc_router', 'tenant_direct'],
    sql: `select query from pg_stat_activity where query like '%canary%'`,
    refusal: /^42501 permission denied for view pg_stat_activity/,
    ...noMembership('pg_monitor'),
  },
  {
    name: 'make a table',
    as: everyone,
    sql: 'create table public.stolen (note text)',
    refusal: denied,
    ...noGrant('create on schema public'),
  },
  {
    name: 'make a temporary table, which comes before all others',
    as: everyone,
    sql: 'create temporary table users (note text)',
    refusal: denied,
    ...noGrant('temporary on database %database'),
  },
  {
    name: 'keep migrations waiting by their own lock',
    as: everyone,
    sql: 'select pg_advisory_lock(1)',
    refusal: denied,
    ...noGrant('execute on function pg_advisory_lock(bigint)'),
  },
  {
    name: 'remove a company as if it were a probe',
    as: logins,
    sql: `select dbsvc.drop_probe('company_xyz')`,
    refusal: /^42501 company_xyz is no probe/,
    off: [
      `create or replace function dbsvc.drop_probe(p_company text) returns void language sql security definer
         as $$ select dbsvc.raze_probe(p_company) $$`,
    ],
    on: ['%drop_probe'],
  },
]

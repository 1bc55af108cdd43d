/** A migration of the companies' own scope that reaches for more, and what the attacker asks once it is applied. */
export interface MigrationAttempt {
  readonly name: string
  readonly file: string
  readonly asked: string | readonly string[]
  /** What the attacker is told: an error, or `ok`. */
  readonly refusal: RegExp
}

/** Applied, and made harmless by dbsvc.protect in the same transaction; without it each must succeed. */
export const protectedAttempts: readonly MigrationAttempt[] = [
  {
    name: 'a view over a shared table',
    file: 'create view stolen as select * from public.notes;',
    asked: 'select * from stolen',
    refusal: /^ok$/,
  },
  {
    name: 'a view that says to run as its owner',
    file: 'create view stolen with (security_invoker = false) as select * from public.market_data;',
    asked: 'select * from stolen',
    refusal: /^ok$/,
  },
  {
    name: "a materialised view over a company's own table",
    file: 'create materialized view stolen as select * from users;',
    asked: 'select * from tenant_company_xyz.stolen',
    refusal: /^42501 permission denied for materialized view/,
  },
  {
    name: 'row security switched off',
    file: 'alter table users disable row level security;',
    asked: 'select * from tenant_company_xyz.users',
    refusal: /^ok$/,
  },
  {
    name: 'the proof dropped',
    file: 'drop policy company_proof on users;',
    asked: [`set local app.current_company_id = 'company_xyz'`, 'select * from tenant_company_xyz.users'],
    refusal: /^ok$/,
  },
  {
    name: 'a table without policies',
    file: 'create table copies (note text); insert into copies select user_id from users;',
    asked: 'select * from tenant_company_xyz.copies',
    refusal: /^ok$/,
  },
]

/** Kept from shared rows by what dbsvc_owner sees of them; with that widened again, each must succeed. */
export const blindAttempts: readonly (MigrationAttempt & { readonly stops: 'migrate up' | 'the call' })[] = [
  {
    name: 'a copy of a shared table',
    file: 'create table stolen as select * from public.notes;',
    asked: 'select * from stolen',
    refusal: /a migration of companies may not reach rows of a shared table/,
    stops: 'migrate up',
  },
  {
    name: 'shared rows of others deleted',
    file: `create table stolen (text text); with gone as (delete from public.notes returning text) insert into stolen select text from gone;`,
    asked: 'select * from stolen',
    refusal: /a migration of companies may not reach rows of a shared table/,
    stops: 'migrate up',
  },
  {
    name: "a function in the owner's name",
    file: `create function stolen() returns setof text language sql security definer
      begin atomic select text from public.notes; end;
      grant execute on function stolen() to database_service_role;`,
    asked: 'select * from stolen()',
    refusal: /^ok$/,
    stops: 'the call',
  },
]

/** Refused before anything is applied; where the file says that it is meant, each must succeed. */
export const reachingAttempts: readonly (MigrationAttempt & { readonly rule: string })[] = [
  {
    name: "a copy of a victim's table",
    file: 'create table stolen as select * from tenant_company_xyz.users;',
    asked: 'select * from stolen',
    refusal: /DBS-1509/,
    rule: 'qualified-name',
  },
  {
    name: "rows of a victim's table in one's own",
    file: `insert into users (user_id, email, subscription_tier)
      select 'x' || user_id, 'x' || email, 'free' from tenant_company_xyz.users where user_id like 'canary%' limit 1 on conflict do nothing;`,
    asked: 'select * from users',
    refusal: /DBS-1509/,
    rule: 'qualified-name',
  },
  {
    name: "a function in the owner's name, after a victim's table",
    file: `create function stolen() returns setof text language sql security definer
      begin atomic select email from tenant_company_xyz.users; end;
      grant execute on function stolen() to database_service_role;`,
    asked: 'select * from stolen()',
    refusal: /DBS-1509/,
    rule: 'qualified-name',
  },
  {
    name: 'a copy of what is behind the view of a time series',
    file: 'create table stolen as select * from private_shared.trading_ticks;',
    asked: 'select * from stolen',
    refusal: /DBS-1509/,
    rule: 'qualified-name',
  },
  {
    name: 'a copy of a shared table, by whoever dbsvc connects as',
    file: 'reset role; create table stolen as select * from public.notes; alter table stolen owner to dbsvc_owner; set local role dbsvc_owner;',
    asked: 'select * from stolen',
    refusal: /DBS-1509/,
    rule: 'role-change',
  },
]

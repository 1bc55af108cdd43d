import { noGrant, noOwnership, noTemporary, sql } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = {
  entry: 'shared role',
  secret: 'an object of its own in the way of others',
  success: 'runs',
  honest: 'select * from notes',
} as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'change what protects a table',
    refusal: /^42501 must be owner of/,
    mechanism: noOwnership,
    variants: each(
      [
        'alter table users disable row level security',
        'alter table users no force row level security',
        'drop policy company_proof on users',
        'create policy mine on users using (true)',
        'alter policy company_proof on users using (true)',
        'alter policy company_isolation on users to public',
        'create rule r as on insert to users do instead nothing',
        'alter table users add column mine text',
        'alter table users alter column email type varchar(300)',
        'alter table users rename to others',
        'alter table users set (fillfactor = 10)',
        'drop table users cascade',
        'create index on users (email)',
        `comment on table users is 'x'`,
        'create statistics mine on user_id, email from users',
        'alter table users disable trigger user',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'shadow by temporary objects',
    refusal: /^42501 permission denied to create temporary tables/,
    mechanism: noTemporary,
    variants: each(
      [
        'create temp table market_data (a int)',
        'create temporary table t as select * from notes',
        'create temp view v as select 1',
        'create temp sequence s',
        'select * into temp t from notes',
        'create function pg_temp.length(text) returns int language sql as $$ select 1 $$',
        'create type pg_temp.mine as (a int)',
        'create operator pg_temp.= (leftarg = text, rightarg = text, function = texteq)',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'shadow by objects in the shared schema',
    refusal: /^42501 permission denied for schema public/,
    mechanism: noGrant('create on schema public'),
    variants: each(
      [
        'create table public.mine (a int)',
        'create table public.mine as select * from notes',
        'select * into public.mine from notes',
        'create view public.mine as select 1',
        'create materialized view public.mine as select 1',
        'create function public.length(text) returns int language sql as $$ select 1 $$',
        `create function public.mine() returns int language sql set search_path = tenant_company_xyz as $$ select 1 $$`,
        'create function public.mine() returns int language sql security definer set search_path from current as $$ select 1 $$',
        'create procedure public.mine() language sql as $$ select 1 $$',
        'create type public.mine as (a int)',
        'create domain public.mine as text',
        'create operator public.= (leftarg = text, rightarg = text, function = texteq)',
        'create aggregate public.mine (int) (sfunc = int4pl, stype = int)',
        'create sequence public.mine',
        'create collation public.mine from "C"',
        'create text search dictionary public.mine (template = simple)',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: "make objects in a victim's schema",
    refusal: /^42501 permission denied for schema tenant_company_xyz/,
    mechanism: noGrant('create on schema tenant_company_xyz'),
    variants: each(['create table', 'create sequence', 'create view'], (kind) =>
      kind === 'create view'
        ? 'create view tenant_company_xyz.mine as select 1'
        : `${kind} tenant_company_xyz.mine${kind === 'create table' ? ' (a int)' : ''}`,
    ),
  },
  {
    ...common,
    name: 'attach a trigger',
    refusal: /^42501 permission denied for table/,
    mechanism: noGrant('trigger on tenant_company_abc.users', 'trigger on public.notes'),
    variants: {
      'to an own table':
        'create trigger t before update on users for each row execute function suppress_redundant_updates_trigger()',
      'to a shared table':
        'create trigger t before update on public.notes for each row execute function suppress_redundant_updates_trigger()',
    },
  },
  {
    ...common,
    name: 'empty a shared table',
    secret: 'that rows of the victim are gone',
    refusal: /^42501 permission denied for table/,
    mechanism: noGrant('truncate on public.notes', 'truncate on public.market_data', 'truncate on public.remarks'),
    variants: each(
      [
        'truncate public.notes',
        'truncate only public.market_data, public.remarks',
        'truncate table public.notes, public.market_data, public.remarks',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'forge the history of a configuration',
    secret: 'a history that did not happen',
    refusal: /^42501 permission denied for table/,
    mechanism: noGrant('insert, update, delete on public.tenant_configuration_history'),
    variants: {
      insert: `insert into tenant_configuration_history (company_id, config_key) values ('company_abc', 'x')`,
      update: `update tenant_configuration_history set config_key = 'x'`,
      delete: 'delete from tenant_configuration_history',
    },
  },
  {
    ...common,
    name: 'take oneself out of every policy',
    refusal: /^42501 permission denied for DROP OWNED/,
    mechanism: sql('refusal of DROP OWNED', 'alter event trigger dbsvc_refuse_drop_owned disable'),
    variants: each(['current_user', 'database_service_role', 'session_user'], (role) => `drop owned by ${role}`),
  },
  {
    ...common,
    name: 'take oneself out of every policy',
    entry: 'login',
    honest: 'select * from public.notes',
    refusal: /^42501 permission denied for DROP OWNED/,
    mechanism: sql('refusal of DROP OWNED ', 'alter event trigger dbsvc_refuse_drop_owned disable'),
    variants: { current_user: 'drop owned by current_user' },
  },
]

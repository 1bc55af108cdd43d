import { noAttribute, noOwnership } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { entry: 'shared role', success: 'runs', honest: 'select * from notes' } as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'define what holds for everybody',
    secret: 'code that others run',
    refusal: /^42501 /,
    mechanism: noAttribute('superuser'),
    variants: each(
      [
        'create cast (text as int) with inout as implicit',
        'create language mine handler plpgsql_call_handler',
        `create function public.mine() returns int language c as 'mine', 'mine'`.replace(
          `'mine', 'mine'`,
          `'$libdir/plpgsql', 'plpgsql_call_handler'`,
        ),
        `create function public.mine() returns int language internal as 'int4um'`,
        'create procedure public.mine() language internal as $$int4um$$',
        'create extension file_fdw',
        'create foreign data wrapper mine',
        'create event trigger mine on ddl_command_end execute function dbsvc.refuse_drop_owned()',
        'create publication mine for all tables',
        'create access method mine type index handler bthandler',
        'create operator class mine for type int using btree as operator 1 <',
        'alter default privileges for role dbsvc_owner grant select on tables to public',
        'create schema mine',
        'alter database template1 set work_mem = 64',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'put a table of its own under another by inheritance',
    secret: 'rows that others take for those of their table',
    refusal: /^42501 permission denied for schema tenant_company_abc/,
    mechanism: noOwnership,
    variants: each(
      [
        'create table tenant_company_abc.mine () inherits (tenant_company_abc.users)',
        'create table tenant_company_abc.mine (note text) inherits (tenant_company_abc.users)',
        'create table tenant_company_abc.mine (like tenant_company_abc.users including all) inherits (users)',
      ],
      (statement) => statement,
    ),
  },
]

import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import type { EmbeddedPostgres } from '../../src/embedded/postgres/start.ts'
import { createDatabase } from '../support/database.ts'
import { companiesOf } from './support/catalogue.ts'
import { type Fault, testFaults } from './support/faults.ts'
import { expectExit } from './support/given.ts'
import {
  expectNothing,
  givenPatient,
  givenSetUpPatient,
  named,
  type Patient,
  startOwnServer,
} from './support/own-server.ts'

let server: EmbeddedPostgres
let given: Patient
beforeAll(async () => {
  server = await startOwnServer()
  given = await givenSetUpPatient(server, { companies: ['abc', 'xyz'] })
  expectExit(await given.dbsvc(['tenant', 'create', 'direct', '--login']), ExitCode.Ok)
})

const faults: readonly Fault[] = [
  ...['bypassrls', 'superuser', 'createrole', 'createdb', 'replication'].map((attribute) => ({
    sql: `alter role database_service_role ${attribute}`,
    check: 'shared-role',
    finding: 'role-attribute',
    names: `role database_service_role is ${attribute.toUpperCase()}`,
  })),
  {
    sql: 'alter role tenant_direct bypassrls',
    check: 'shared-role',
    finding: 'role-attribute',
    names: 'role tenant_direct is BYPASSRLS',
  },
  {
    sql: 'alter role dbsvc_owner superuser',
    check: 'shared-role',
    finding: 'role-attribute',
    names: 'role dbsvc_owner is SUPERUSER',
  },
  {
    sql: 'alter role database_service_role nologin',
    check: 'shared-role',
    finding: 'role-login',
    names: 'role database_service_role cannot log in',
  },
  {
    sql: 'alter role dbsvc_keeper login',
    check: 'shared-role',
    finding: 'role-login',
    names: 'role dbsvc_keeper can log in',
  },
  {
    sql: 'grant pg_read_all_data to database_service_role',
    check: 'shared-role',
    finding: 'role-membership',
    names: 'role database_service_role is a member of pg_read_all_data',
  },
  {
    sql: 'grant dbsvc_owner to tenant_direct',
    check: 'shared-role',
    finding: 'role-membership',
    names: 'role tenant_direct is a member of dbsvc_owner',
  },
  {
    sql: 'create sequence tenant_abc.theirs; alter sequence tenant_abc.theirs owner to database_service_role',
    check: 'shared-role',
    finding: 'role-ownership',
    names: 'role database_service_role owns 1 object',
  },
  {
    sql: 'grant select on tenant_abc.users to public',
    check: 'grants',
    finding: 'object-public',
    names: 'select on table tenant_abc.users',
  },
  {
    sql: 'grant usage on schema tenant_xyz to public',
    check: 'grants',
    finding: 'object-public',
    names: 'usage on schema tenant_xyz',
  },
  {
    sql: 'create function tenant_abc.twice(n integer) returns integer language sql return n * 2',
    check: 'grants',
    finding: 'object-public',
    names: 'execute on routine tenant_abc.twice(integer)',
  },
  {
    sql: 'alter default privileges for role dbsvc_owner in schema tenant_abc grant select on tables to public',
    check: 'grants',
    finding: 'default-public',
    names: 'new tables of dbsvc_owner in tenant_abc grant select to PUBLIC',
  },
  {
    sql: 'grant truncate on tenant_abc.users to database_service_role',
    check: 'grants',
    finding: 'grant-beyond-rows',
    names: 'database_service_role has truncate on table tenant_abc.users',
  },
  {
    sql: 'grant select on public.market_data to dbsvc_companies with grant option',
    check: 'grants',
    finding: 'grant-beyond-rows',
    names: 'dbsvc_companies has select with grant option on table public.market_data',
  },
  {
    sql: 'grant usage on sequence tenant_abc.theirs to database_service_role',
    check: 'grants',
    finding: 'grant-beyond-rows',
    names: 'database_service_role has usage on sequence tenant_abc.theirs',
  },
  {
    sql: 'grant create on schema tenant_abc to database_service_role',
    check: 'grants',
    finding: 'grant-beyond-rows',
    names: 'database_service_role has create on schema tenant_abc',
  },
  {
    sql: 'grant temporary on database {database} to tenant_direct',
    check: 'grants',
    finding: 'grant-beyond-rows',
    names: 'tenant_direct has temporary on database',
  },
  {
    sql: 'create table public.loose (id integer); grant select on public.loose to database_service_role',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'public.loose can be reached without proof',
  },
  {
    sql: 'alter table tenant_abc.users disable row level security',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'tenant_abc.users can be reached without proof',
  },
  {
    sql: 'alter policy company_proof on public.market_data using (true) with check (true)',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'public.market_data can be reached without proof',
  },
  {
    sql: `create view tenant_xyz.everything as select * from tenant_abc.users; alter view tenant_xyz.everything owner to dbsvc_owner;
      grant select on tenant_xyz.everything to database_service_role`,
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'tenant_xyz.everything can be reached without proof',
  },
  {
    sql: `grant usage on schema private_shared to database_service_role;
      grant select on private_shared.trading_ticks_default to database_service_role`,
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'private_shared.trading_ticks_default can be reached without proof',
  },
  {
    sql: 'grant select (company_id) on private_shared.trading_ticks to database_service_role',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'private_shared.trading_ticks can be reached without proof',
  },
  {
    sql: 'grant usage on schema private_shared to tenant_direct; grant select on private_shared.trading_ticks to tenant_direct',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'private_shared.trading_ticks can be reached without proof',
    undo: 'revoke all on schema private_shared from database_service_role, tenant_direct; revoke all on private_shared.trading_ticks from tenant_direct',
  },
  {
    sql: 'grant select on dbsvc.runs to dbsvc_companies',
    check: 'exposure',
    finding: 'relation-exposed',
    names: 'dbsvc.runs can be reached without proof',
  },
  {
    sql: 'alter role database_service_role set search_path = tenant_abc',
    check: 'role-settings',
    finding: 'role-setting',
    names: 'role database_service_role has search_path = tenant_abc',
  },
  {
    sql: `alter role dbsvc_owner in database {database} set app.current_company_id = 'abc'`,
    check: 'role-settings',
    finding: 'role-setting',
    names: 'role dbsvc_owner has app.current_company_id = abc in database',
  },
  {
    sql: 'alter database {database} set row_security = off',
    check: 'role-settings',
    finding: 'database-setting',
    names: 'the database sets row_security = off',
  },
  {
    sql: `alter role tenant_direct set app.current_company_id = 'abc'`,
    check: 'role-settings',
    finding: 'login-setting',
    names: 'role tenant_direct has app.current_company_id = abc, and not direct',
  },
  {
    sql: 'alter role tenant_direct reset search_path',
    check: 'role-settings',
    finding: 'login-setting',
    names: 'role tenant_direct has search_path = not set, and not tenant_direct, public',
  },
  {
    sql: 'alter role database_service_role reset temp_file_limit',
    check: 'role-settings',
    finding: 'shared-limits',
    names: 'role database_service_role has no temp_file_limit',
  },
  {
    sql: 'grant execute on function pg_catalog.set_config(text, text, boolean), pg_catalog.pg_cancel_backend(integer) to public',
    check: 'hardening',
    finding: 'builtin-open',
    names: 'PUBLIC may execute pg_cancel_backend(integer), set_config(text,text,boolean)',
  },
  {
    sql: 'grant select on pg_catalog.pg_stat_activity to public',
    check: 'hardening',
    finding: 'builtin-open',
    names: 'PUBLIC may read pg_stat_activity',
  },
  {
    sql: 'grant usage on language plpgsql to public',
    check: 'hardening',
    finding: 'builtin-open',
    names: 'PUBLIC may use the language plpgsql',
  },
  {
    sql: 'grant create on schema public to public',
    check: 'hardening',
    finding: 'create-open',
    names: 'PUBLIC has create on schema public',
  },
  {
    sql: 'grant temporary on database {database} to public',
    check: 'hardening',
    finding: 'create-open',
    names: 'PUBLIC has temporary on database',
  },
  {
    sql: 'drop event trigger dbsvc_refuse_drop_owned',
    check: 'hardening',
    finding: 'drop-owned-open',
    names: 'dbsvc_refuse_drop_owned is missing or disabled',
  },
  {
    sql: 'alter event trigger dbsvc_refuse_drop_owned disable',
    check: 'hardening',
    finding: 'drop-owned-open',
    names: 'dbsvc_refuse_drop_owned is missing or disabled',
    undo: 'alter event trigger dbsvc_refuse_drop_owned enable',
  },
  {
    sql: 'alter function pg_catalog.numeric_eq(numeric, numeric) not leakproof',
    check: 'hardening',
    finding: 'leakproof-unmarked',
    names: 'not marked LEAKPROOF: numeric_eq(numeric,numeric)',
  },
  ...['database_service_role', 'public'].map((role) => ({
    sql: `grant set on parameter backtrace_functions to ${role}`,
    check: 'kept-proof',
    finding: 'proof-forgeable',
    names: `${role === 'public' ? 'PUBLIC' : role} may set backtrace_functions`,
  })),
  {
    sql: `alter role database_service_role set backtrace_functions = 'dbsvc xyz '`,
    check: 'kept-proof',
    finding: 'proof-forgeable',
    names: 'sessions begin with a backtrace_functions that looks like a proof',
    undo: 'alter role database_service_role reset backtrace_functions',
  },
  {
    sql: 'revoke set on parameter backtrace_functions from dbsvc_keeper',
    check: 'kept-proof',
    finding: 'proof-not-kept',
    names: 'dbsvc_keeper may not set backtrace_functions',
  },
  ...['', ` set search_path = '$user', public, pg_temp`, ' set search_path = pg_catalog'].map((path) => ({
    sql: `create function public.lookup() returns bigint language sql security definer${path} as 'select count(*) from public.market_data';
      revoke all on function public.lookup() from public`,
    check: 'definers',
    finding: 'definer-search-path',
    names: 'routine lookup() is SECURITY DEFINER',
    undo: 'drop function public.lookup()',
  })),
  {
    sql: `create procedure tenant_abc.sweep() language plpgsql security definer as 'begin delete from users; end';
      revoke all on procedure tenant_abc.sweep() from public`,
    check: 'definers',
    finding: 'definer-search-path',
    names: 'routine tenant_abc.sweep() is SECURITY DEFINER',
  },
  {
    sql: 'create table public.vouchers (company_id text not null, code text primary key)',
    check: 'keys',
    finding: 'key-not-by-company',
    names: 'unique key vouchers_pkey of public.vouchers begins with code',
  },
  {
    sql: 'create unique index vouchers_code on public.vouchers (lower(code), company_id) where code > $$a$$',
    check: 'keys',
    finding: 'key-not-by-company',
    names: 'unique key vouchers_code of public.vouchers begins with lower(code)',
  },
  ...['dblink', 'postgres_fdw', 'file_fdw', 'tablefunc'].map((name) => ({
    sql: `create extension ${name} with schema dbsvc`,
    check: 'extensions',
    finding: 'extension-pierces',
    names: `extension ${name} is installed`,
  })),
  {
    sql: 'create language plfree handler plpgsql_call_handler',
    check: 'extensions',
    finding: 'language-untrusted',
    names: 'language plfree is untrusted',
  },
  {
    sql: 'create extension pageinspect with schema dbsvc',
    check: 'extensions',
    finding: 'extension-inspects',
    names: 'extension pageinspect is installed',
  },
]

describe('given roles and rights that a hand has changed', () => {
  testFaults(() => given, faults)

  test('when a shared table refers to another one without company_id, then that is found, and what it says mends it', async () => {
    await given.database.query(`
      create table public.coupons (company_id text not null, code text not null unique);
      alter table public.coupons add constraint coupons_own unique (company_id, code);
      create table public.redeemed (company_id text not null, code text not null,
        constraint redeemed_code foreign key (code) references public.coupons (code))`)
    const found = (await given.examine(['--only', 'keys'])).findings
    expect(found.map(({ id, message }) => [id, message])).toEqual([
      ['key-not-by-company', 'unique key coupons_code_key of public.coupons begins with code'],
      ['foreign-key-not-by-company', 'foreign key redeemed_code of public.redeemed compares code, and not company_id'],
    ])
    for (const { mend } of found.toReversed()) await given.database.query(mend ?? '')
    expectNothing(await given.examine(['--only', 'keys']))
    await given.database.query('drop table public.redeemed, public.coupons')
  })

  test('when a LOGIN role is not held to the limits of its company, then --fix puts that right, and so does tenant set', async () => {
    const only = ['--only', 'role-settings']
    const workMem = () =>
      given.database.query(
        `select setting from pg_db_role_setting, unnest(setconfig) as setting
         where setrole = 'tenant_direct'::regrole and setting like 'work_mem=%'`,
      )
    const before = await workMem()
    await given.database.query(`alter role tenant_direct set work_mem = '1GB'`)
    const { findings } = await given.examine(only)
    expect(findings.map(({ id, message, fixable }) => [id, message, fixable])).toEqual([
      ['login-limits', 'role tenant_direct: work_mem is 1GB, not 4096kB', true],
    ])
    expect((await given.examine([...only, '--fix'])).exitCode).toBe(ExitCode.Ok)
    expect(await workMem()).toEqual(before)
    await given.database.query('alter role tenant_direct reset work_mem')
    expectExit(await given.dbsvc((findings[0]?.mend ?? '').split(' ').slice(1)), ExitCode.Ok)
    expect(await workMem()).toEqual(before)
    expectNothing(await given.examine(only))
  })

  test('when objects of dbsvc itself are granted to everybody, then --fix takes that back', async () => {
    await given.database.query(
      `grant select on dbsvc.companies to public; grant execute on function dbsvc.record to public; grant usage on schema dbsvc to public`,
    )
    const found = (await given.examine(['--only', 'grants'])).findings
    expect(found.map(({ id, message, fixable, fixed }) => [id, message, fixable, fixed])).toEqual([
      [
        'own-object-public',
        expect.stringMatching(/^execute on routine dbsvc\.record\(.*\) is granted to PUBLIC$/),
        true,
        false,
      ],
      ['own-object-public', 'usage on schema dbsvc is granted to PUBLIC', true, false],
      ['own-object-public', 'select on table dbsvc.companies is granted to PUBLIC', true, false],
    ])
    const mended = await given.examine(['--only', 'grants', '--fix'])
    expect(mended.findings.map(({ fixed }) => fixed)).toEqual([true, true, true])
    expect(mended.exitCode).toBe(ExitCode.Ok)
    expect(
      await given.database.query(
        `select from pg_class, aclexplode(relacl) a where oid = 'dbsvc.companies'::regclass and a.grantee = 0
         union all select from pg_proc, aclexplode(proacl) a where pronamespace = 'dbsvc'::regnamespace and a.grantee = 0`,
      ),
    ).toEqual([])
    expectNothing(await given.examine(['--only', 'grants']))
  })
})

describe('given the password of the shared role', () => {
  test('when this machine does not know it, then that is found', async () => {
    const elsewhere = { env: { DBSVC_SECRETS_DIRECTORY: join(given.directory, 'nothing') } }
    const diagnosis = await given.examine(['--only', 'shared-login'], elsewhere)
    expect(named(diagnosis)).toEqual(['shared-login shared-password-unknown', 'shared-login shared-password-unknown'])
  })

  test('when the server has another one, then that is found', async () => {
    const [role] = await given.database.query<{ verifier: string }>(
      `select rolpassword as verifier from pg_authid where rolname = 'database_service_role'`,
    )
    await given.database.query(`alter role database_service_role password 'another'`)
    const diagnosis = await given.examine(['--only', 'shared-login'])
    expect(named(diagnosis)).toEqual(['shared-login shared-login-refused'])
    expect(diagnosis.findings[0]?.message).toContain('refuses user database_service_role')
    await given.database.query(`alter role database_service_role password '${role?.verifier}'`)
    expectNothing(await given.examine(['--only', 'shared-login']))
  })
})

describe('given a user who is no superuser', () => {
  test('when he lacks rights, then each is named with the command that gives it, and these commands are enough', async () => {
    await onServer(`create role admin login password 'of the admin'`)
    const env = { DBSVC_POSTGRES_USER: 'admin', DATABASE_PASSWORD: 'of the admin' }
    const diagnosis = await given.examine(['--only', 'admin-rights'], { env })
    expect(named(diagnosis)).toEqual([
      'admin-rights admin-no-createrole',
      'admin-rights admin-no-owner',
      'admin-rights admin-lacks-role',
    ])
    for (const { mend } of diagnosis.findings) await given.database.query(mend ?? '')
    expectNothing(await given.examine(['--only', 'admin-rights'], { env }))
    await given.database.query(`alter database ${given.database.database} owner to postgres`)
  })

  test('when he sets a cluster up, then doctor names exactly what a superuser would have revoked, and its commands do so', async () => {
    await onServer(
      `create role plain login password 'of the plain' createrole; grant dbsvc_owner, dbsvc_keeper, dbsvc_companies, database_service_role to plain with admin option`,
    )
    const plain = await givenPatient(server, {
      config: { secrets: { directory: given.secrets } },
    })
    await plain.database.query(`alter database ${plain.database.database} owner to plain`)
    const env = { DBSVC_POSTGRES_USER: 'plain', DATABASE_PASSWORD: 'of the plain' }
    expectExit(await plain.dbsvc(['migrate', 'up'], { env }), ExitCode.Ok)
    const diagnosis = await plain.examine(['--only', 'hardening'], { env })
    expect([...new Set(named(diagnosis))]).toEqual([
      'hardening builtin-open',
      'hardening drop-owned-open',
      'hardening leakproof-unmarked',
    ])
    for (const { mend } of diagnosis.findings) await plain.database.query(mend ?? '')
    expectNothing(await plain.examine(['--only', 'hardening'], { env }))
    const rights = `select p.oid::regprocedure::text as routine, p.proleakproof as leakproof,
        exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0) as everybody
      from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace order by 1`
    expect(await plain.database.query(rights)).toEqual(await given.database.query(rights))
  })
})

async function onServer(sql: string): Promise<void> {
  const database = await createDatabase(server)
  await database.query(sql)
}

describe('given two throw-away companies', () => {
  test.each([
    ['alter role database_service_role bypassrls', 'alter role database_service_role nobypassrls', 'read rows'],
    [
      `create or replace function dbsvc.current_company() returns text language sql stable parallel restricted security definer
         set search_path = pg_catalog, pg_temp as $$ select current_setting('app.current_company_id', true) $$`,
      undefined,
      'read rows by SET alone',
    ],
  ])('when isolation is broken by "%s", then the ways in are named', async (sql, undo, way) => {
    const original = await definitionOf('dbsvc.current_company()')
    await given.database.query(sql)
    const diagnosis = await given.examine(['--only', 'isolation'])
    await given.database.query(undo ?? original)
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toContainEqual([
      'isolation-broken',
      `one company could ${way} of another`,
    ])
    expect(diagnosis.exitCode).toBe(ExitCode.Failed)
    expect(await companiesOf(given.database)).toEqual(['abc', 'direct', 'xyz'])
    expectNothing(await given.examine(['--only', 'isolation']))
  })

  test('when a shared table shows rows of others, then that table is named', async () => {
    await given.database.query(
      `insert into public.tenant_configurations (company_id, config_key, config_value) values ('abc', 'colour', '"red"');
       create policy open on public.tenant_configurations to database_service_role using (true);
       alter policy company_proof on public.tenant_configurations using (true)`,
    )
    const diagnosis = await given.examine(['--only', 'isolation'])
    await given.database.query(
      `drop policy open on public.tenant_configurations; drop policy company_proof on public.tenant_configurations;
       begin; set local role dbsvc_owner; select dbsvc.protect('shared', array['public']); commit`,
    )
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toEqual([
      ['foreign-rows', 'a new company sees rows of others in "public"."tenant_configurations"'],
    ])
    expectNothing(await given.examine(['--only', 'isolation', '--only', 'exposure']))
  })

  test('when a company shows its rows to others, then its table is named, whichever company is looked at', async () => {
    for (const company of ['abc', 'direct', 'xyz']) {
      await given.database.query(
        `insert into tenant_${company}.users (user_id, email, subscription_tier) values ('u', 'u@${company}', 'free');
         create policy open on tenant_${company}.users to database_service_role using (true);
         alter policy company_proof on tenant_${company}.users using (true)`,
      )
    }
    const diagnosis = await given.examine(['--only', 'isolation'])
    for (const company of ['abc', 'direct', 'xyz']) {
      await given.database.query(
        `drop policy open on tenant_${company}.users; drop policy company_proof on tenant_${company}.users;
         begin; set local role dbsvc_owner; select dbsvc.protect('tenant', array['tenant_${company}']); commit`,
      )
    }
    expect(diagnosis.findings[0]?.message).toMatch(
      /^a new company sees rows of others in "tenant_(abc|direct|xyz)"\."users"$/,
    )
  })

  test('when honest use does not work, then that is found, and the companies are dropped again', async () => {
    await given.database.query('revoke usage on schema dbsvc from database_service_role')
    const diagnosis = await given.examine(['--only', 'isolation'])
    await given.database.query('grant usage on schema dbsvc to database_service_role')
    expect([...new Set(named(diagnosis))]).toEqual(['isolation own-rows-refused'])
    expect(diagnosis.findings[0]?.message).toContain('permission denied for schema dbsvc')
    expect(await companiesOf(given.database)).toEqual(['abc', 'direct', 'xyz'])
    expect(await given.database.query(`select from dbsvc.company_events where company_id like 'doctor%'`)).toEqual([])
    expectNothing(await given.examine(['--only', 'isolation']))
  })

  test('when a doctor is killed, then the next one finds its companies and drops them; one that is alive keeps its own', async () => {
    const holder = await given.database.connect()
    await holder.query('begin; lock table dbsvc.context_keys in access exclusive mode')
    const killed = given.start(['doctor', '--only', 'isolation'])
    const probes = () => given.database.query(`select from dbsvc.companies where company_id like 'doctor_probe_%'`)
    await expect.poll(probes, { timeout: 10_000 }).toHaveLength(2)
    killed.kill('SIGKILL')
    await killed.exited
    const alive = given.start(['doctor', '--only', 'isolation', '--json'])
    await expect.poll(probes, { timeout: 10_000 }).toHaveLength(2)
    const other = given.start(['doctor', '--only', 'isolation', '--json'])
    await expect.poll(probes, { timeout: 10_000 }).toHaveLength(4)
    await holder.query('rollback')

    const results = await Promise.all([alive.exited, other.exited])
    expect(results.map(({ exitCode }) => exitCode)).toEqual([ExitCode.Ok, ExitCode.Ok])
    const found = results.flatMap((result) => result.json<{ findings: { id: string; fixed: boolean }[] }>().findings)
    expect(found.map(({ id, fixed }) => [id, fixed])).toEqual([
      ['probe-left-over', true],
      ['probe-left-over', true],
    ])
    expect(await companiesOf(given.database)).toEqual(['abc', 'direct', 'xyz'])
    expect(await given.database.query(`select from pg_namespace where nspname ~ 'doctor_probe'`)).toEqual([])
  })

  test('when a company is to be created under such a name, then it is refused', async () => {
    const result = await given.dbsvc(['tenant', 'create', 'doctor_probe_mine'])
    expectExit(result, ExitCode.Usage)
    expect(result.stderr).toContain('names beginning with doctor_probe_ belong to dbsvc doctor')
  })

  async function definitionOf(routine: string): Promise<string> {
    const [row] = await given.database.query<{ text: string }>('select pg_get_functiondef($1::regprocedure) as text', [
      routine,
    ])
    return row?.text ?? ''
  }
})

describe('given a shared table that somebody holds', () => {
  test('when it is looked at for rows of others, then it says that it could not be in time', async () => {
    const holder = await given.database.connect()
    await holder.query('begin; lock table public.market_data in access exclusive mode')
    const diagnosis = await given.examine(['--only', 'isolation'])
    await holder.query('rollback')
    expect(diagnosis.findings.map(({ id, message }) => [id, message])).toEqual([
      ['relation-not-probed', '"public"."market_data" could not be looked at in time'],
    ])
    expect(diagnosis.exitCode).toBe(ExitCode.Ok)
  })
})

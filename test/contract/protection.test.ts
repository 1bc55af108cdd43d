import { beforeAll, expect, test } from 'vitest'
import { describeEngines } from '../support/engines.ts'
import { type Cluster, createCluster } from '../support/shipped-cluster.ts'
import { specification } from './support/specification.ts'

const reachable = `'database_service_role', 'dbsvc_companies'`
const ours = `n.nspname = 'public' or n.nspname ~ '^(tenant|private)_'`

describeEngines('the schema that ships', (engine) => {
  let cluster: Cluster
  const query = (sql: string) => cluster.database.query(sql)

  beforeAll(async () => {
    cluster = await createCluster(engine.server())
  }, 120_000)

  test('has every table, column, type and default that the specification names', async () => {
    for (const [table, columns] of Object.entries(specification)) {
      const schema = table.includes('.') ? table : `public.${table}`
      const rows = await cluster.database.query<{
        name: string
        type: string
        not_null: boolean
        value: string | null
      }>(
        `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as value
         from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
        [schema],
      )
      const found = Object.fromEntries(rows.map((row) => [row.name, row]))
      for (const [name, { type, notNull, value }] of Object.entries(columns)) {
        expect(found[name]?.type, `${table}.${name}`).toBe(type)
        if (notNull === true) expect(found[name]?.not_null, `${table}.${name} is not null`).toBe(true)
        if (value !== undefined) expect(found[name]?.value, `default of ${table}.${name}`).toMatch(value)
      }
    }
  })

  test('lets the shared role reach tables under proof only, and views that check themselves', async () => {
    const rows = await cluster.database.query<{ place: string; kind: string; fault: string | null }>(
      `select c.oid::regclass::text as place, c.relkind as kind,
         case when c.relkind in ('r', 'p') then
           case when not (c.relrowsecurity and c.relforcerowsecurity) then 'no forced row security'
             when not exists (
               select from pg_policy p where p.polrelid = c.oid and p.polname = 'company_proof' and not p.polpermissive and p.polcmd = '*'
                 and array['database_service_role'::regrole::oid, 'dbsvc_companies'::regrole::oid] <@ p.polroles
             ) then 'no company_proof' end
         when c.relkind = 'v' then
           case when not coalesce(c.reloptions, '{}') && array['security_barrier=true', 'security_invoker=true'] then 'a view without barrier' end
         else 'of a kind that cannot be protected' end as fault
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname !~ '^(pg_|information_schema)' and n.nspname not in ('timescaledb_information', 'timescaledb_experimental') and c.relkind in ('r', 'p', 'v', 'm', 'f')
         and exists (select from unnest(array[${reachable}]) r where has_any_column_privilege(r, c.oid, 'select, insert, update')
           or has_table_privilege(r, c.oid, 'delete, truncate'))
       order by 1`,
    )
    expect(rows.filter((row) => row.fault !== null && !row.place.startsWith('_timescaledb'))).toEqual([])
    const places = rows.map((row) => row.place)
    expect(places).toEqual(
      expect.arrayContaining([
        'market_data',
        'trading_ticks',
        'ai_predictions',
        'tenant_configurations',
        'tenant_company_abc.users',
      ]),
    )
    expect(places).not.toContain('service_registry')
    expect(places.filter((place) => place.startsWith('private_'))).toEqual([])
  })

  test('grants no more than reading and writing rows', async () => {
    expect(
      await query(
        `select c.oid::regclass::text as place, g.privilege_type, g.grantee::regrole::text as grantee
         from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
         where (${ours} or n.nspname = 'dbsvc') and g.grantee <> c.relowner
           and (g.grantee = 0 or g.grantee::regrole::text in (${reachable}))
           and (g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') or g.is_grantable or g.grantee = 0 or c.relkind = 'S' or n.nspname = 'dbsvc')`,
      ),
    ).toEqual([])
  })

  test('gives PUBLIC and the shared role no TEMP, no CREATE, no sequence and no private schema', async () => {
    const rights = await query(
      `select r, has_database_privilege(r, current_database(), 'temp') as temp, has_database_privilege(r, current_database(), 'create') as db_create,
         (select coalesce(array_agg(n.nspname::text), '{}') from pg_namespace n where has_schema_privilege(r, n.oid, 'create')) as creates_in,
         (select coalesce(array_agg(n.nspname::text), '{}') from pg_namespace n where n.nspname like 'private\\_%' and has_schema_privilege(r, n.oid, 'usage')) as private,
         (select coalesce(array_agg(c.relname::text), '{}') from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.relkind = 'S' and (${ours}) and has_sequence_privilege(r, c.oid, 'usage, select, update')) as sequences
       from unnest(array[${reachable}, 'pg_database_owner']) r where r <> 'pg_database_owner'`,
    )
    const none = { temp: false, db_create: false, creates_in: [], private: [], sequences: [] }
    expect(rights).toEqual([
      { r: 'database_service_role', ...none },
      { r: 'dbsvc_companies', ...none },
    ])
  })

  test('has no function that PUBLIC may execute', async () => {
    expect(
      await query(
        `select p.oid::regprocedure::text as function from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where (${ours} or n.nspname = 'dbsvc') and exists (
           select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g where g.grantee = 0)`,
      ),
    ).toEqual([])
    expect(
      await query(
        `select p.oid::regprocedure::text as function from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = 'dbsvc' and has_function_privilege('database_service_role', p.oid, 'execute') order by 1`,
      ),
    ).toEqual([
      { function: 'dbsvc.claim_idempotency_key(text,text,bigint)' },
      { function: 'dbsvc.current_company()' },
      { function: 'dbsvc.current_user_id()' },
      { function: 'dbsvc.enter(text)' },
      { function: 'dbsvc.record_idempotent_response(text,text)' },
      { function: 'dbsvc.recorded_response(text,text)' },
      { function: 'dbsvc.verified_company()' },
      { function: 'dbsvc.verified_user()' },
    ])
  })

  test('owns everything as a role that is no superuser and cannot log in', async () => {
    expect(
      await query(
        `select c.oid::regclass::text as place, c.relowner::regrole::text as owner from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where (${ours}) and c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner <> 'dbsvc_owner'::regrole`,
      ),
    ).toEqual([])
    expect(
      await query(
        `select rolname from pg_roles where rolname in ('dbsvc_owner', 'dbsvc_keeper', 'dbsvc_companies', ${reachable})
         and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or (rolcanlogin and rolname <> 'database_service_role'))`,
      ),
    ).toEqual([])
    expect(
      await query(`select roleid::regrole from pg_auth_members where member = 'database_service_role'::regrole`),
    ).toEqual([])
  })

  test('has an index for every foreign key', async () => {
    const keys = await query(
      `select k.conrelid::regclass::text as place, k.conname, exists (
         select from pg_index i where i.indrelid = k.conrelid and i.indisvalid
           and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
           and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')) as indexed
       from pg_constraint k join pg_namespace n on n.oid = k.connamespace where k.contype = 'f' and (${ours})`,
    )
    expect(keys.length).toBeGreaterThan(5)
    expect(keys.filter((key) => !key.indexed)).toEqual([])
  })

  test('counts money exactly and knows the zone of every time', async () => {
    const columns = `from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       where (${ours}) and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped`
    expect(
      await query(
        `select c.oid::regclass::text || '.' || a.attname as column, format_type(a.atttypid, null) as type ${columns}
         and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype, 'timestamp'::regtype, 'timetz'::regtype, 'json'::regtype)`,
      ),
    ).toEqual([])
    const money = await query(
      `select distinct format_type(a.atttypid, null) as type, a.attname ${columns}
       and a.attname ~ '^(balance|equity|margin|profit|commission|swap|bid|ask|spread|price|open_price|close_price)$'`,
    )
    expect(money).toHaveLength(12)
    expect(money.filter((column) => column.type !== 'numeric')).toEqual([])
  })

  test('begins every key of a shared table with company_id', async () => {
    expect(
      await query(
        `select i.indexrelid::regclass::text as key from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
         where n.nspname in ('public', 'private_shared') and i.indisunique and a.attname <> 'company_id'
           and exists (select from pg_attribute x where x.attrelid = c.oid and x.attname = 'company_id')`,
      ),
    ).toEqual([])
  })

  test('shows each company its own rows only, and each user those of the company and its own', async () => {
    const abc = { company: 'company_abc' }
    for (const company of ['company_abc', 'company_xyz']) {
      await cluster.as(
        { company },
        `insert into market_data (company_id, user_id, symbol) values ($1, null, 'ALL'), ($1, 'u1', 'U1'), ($1, 'u2', 'U2')`,
        [company],
      )
    }
    const symbols = async (caller: { company: string; user?: string }) =>
      (await cluster.as<{ symbol: string }>(caller, 'select symbol from market_data order by symbol')).rows.map(
        (row) => row.symbol,
      )
    expect(await symbols(abc)).toEqual(['ALL', 'U1', 'U2'])
    expect(await symbols({ ...abc, user: 'u1' })).toEqual(['ALL', 'U1'])
    await expect(
      cluster.as(abc, `insert into market_data (company_id, symbol) values ('company_xyz', 'X')`),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(
      cluster.as(
        { ...abc, user: 'u1' },
        `insert into market_data (company_id, user_id, symbol) values ('company_abc', 'u2', 'X')`,
      ),
    ).rejects.toMatchObject({ code: '42501' })
    await cluster.asOwner('tenant_company_xyz', `insert into users values ('x', 'x@y.z', 'free')`)
    expect((await cluster.as(abc, 'select * from tenant_company_xyz.users')).rows).toEqual([])
  })
})

describeEngines('a migration', (engine) => {
  test('cannot leave a table without row security', async () => {
    const cluster = await createCluster(engine.server(), {
      'postgres/tenant/0001_first.sql': 'create table first (id int); alter table first disable row level security;',
    })
    expect(
      await cluster.database.query(
        `select relrowsecurity and relforcerowsecurity as forced from pg_class where oid = 'tenant_company_abc.first'::regclass`,
      ),
    ).toEqual([{ forced: true }])
  })

  test('cannot grant a materialized view or a partition', async () => {
    const cluster = await createCluster(engine.server(), {
      'postgres/tenant/0001_first.sql': `create table first (id int) partition by range (id);
        create table first_1 partition of first for values from (0) to (10);
        insert into first values (1);
        create materialized view sums as select count(*) from first;
        grant select on sums, first_1 to database_service_role;`,
    })
    const abc = { company: 'company_abc' }
    await expect(cluster.as(abc, 'select * from sums')).rejects.toMatchObject({ code: '42501' })
    expect((await cluster.as(abc, 'select * from first_1')).rows).toEqual([{ id: 1 }])
    expect((await cluster.as(abc, 'select * from tenant_company_xyz.first_1')).rows).toEqual([])
  })
})

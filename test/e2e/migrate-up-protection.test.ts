import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { asCompany } from './support/as-company.ts'
import { appliedTo, fingerprint, isForced, policiesOf, relationsIn } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenOrders, migration } from './support/given.ts'

describe('given companies whose migrations make relations of every kind', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenOrders({ companies: ['abc', 'xyz'] })
    await given.database.query('insert into tenant_abc.orders values (1, 10)')
    await given.database.query('insert into tenant_xyz.orders values (7, 70), (8, 80)')
    await given.write(
      'migrations/postgres/tenant/0002_relations.sql',
      migration(
        `create table people (person_id int primary key, user_id varchar(50));
         insert into people values (1, 'ann'), (2, 'bob'), (3, null);
         create view order_sums as select sum(amount) as total from orders;
         create materialized view order_counts as select count(*) as orders from orders;`,
      ),
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
  })

  test('then the author of the migration wrote no policy, and every table has them', async () => {
    expect(await isForced(given.database, 'tenant_abc.people')).toBe(true)
    expect(await policiesOf(given.database, 'tenant_abc.people')).toEqual([
      'company_isolation',
      'company_proof',
      'user_delete',
      'user_update',
    ])
  })

  test('then a company sees its own rows through tables and views, and nothing of the other', async () => {
    const { database } = given
    const abc = { company: 'abc' }
    expect(await asCompany(database, abc, 'select id from orders')).toEqual([{ id: '1' }])
    expect(await asCompany(database, abc, 'select total from order_sums')).toEqual([{ total: '10.00' }])
    expect(await asCompany(database, abc, 'select * from tenant_xyz.orders')).toEqual([])
    expect(await asCompany(database, { company: 'xyz' }, 'select total from order_sums')).toEqual([{ total: '150.00' }])
  })

  test('then a materialised view, which can have no policy, is out of reach of the shared role', async () => {
    await expect(asCompany(given.database, { company: 'abc' }, 'select * from order_counts')).rejects.toThrow(
      'permission denied for materialized view order_counts',
    )
  })

  test('when a later migration adds user_id to a table, then a user of the company sees its own rows only', async () => {
    const { database } = given
    await given.write(
      'migrations/postgres/tenant/0003_owner.sql',
      migration(`alter table orders add column user_id varchar(50); update orders set user_id = 'ann' where id = 7;`),
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await policiesOf(database, 'tenant_xyz.orders')).toEqual([
      'company_isolation',
      'company_proof',
      'user_delete',
      'user_update',
    ])
    const seenBy = (user: string) => asCompany(database, { company: 'xyz', user }, 'select id from orders order by id')
    expect(await seenBy('')).toEqual([{ id: '7' }, { id: '8' }])
    expect(await seenBy('ann')).toEqual([{ id: '7' }, { id: '8' }])
    expect(await seenBy('bob')).toEqual([{ id: '8' }])
    const changedBy = (user: string) =>
      asCompany(database, { company: 'xyz', user }, 'update orders set amount = 0 returning id')
    expect(await changedBy('bob')).toEqual([])
    expect(await changedBy('ann')).toEqual([{ id: '7' }])
  })
})

describe("given a policy that was loosened behind dbsvc's back", () => {
  const proof = `dbsvc.current_company() = 'abc'`
  const user = `dbsvc.current_user_id() in ('', user_id)`
  const loosened = {
    'for writing': `alter policy company_proof on %s using (${proof} and ${proof} and (user_id is null or ${user})) with check (${user} and ${user})`,
    'for reading': `alter policy company_proof on %s using (user_id is null or ${user}) with check (${proof} and ${proof} and ${user})`,
    'for users': `alter policy company_proof on %s using (${proof} and user_id is not null) with check (${proof} and ${user} and ${user})`,
    'of rows without a user': `alter policy company_proof on %s using (${proof} and ${user}) with check (${proof} and ${user})`,
  }

  test('when any migration runs, then each of its conditions is as it was', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    const { database } = given
    const names = Object.keys(loosened).map((_, index) => `people_${index}`)
    const made = names.map((name) => `create table ${name} (person_id int primary key, user_id varchar(50));`)
    await given.write('migrations/postgres/tenant/0002_people.sql', migration(made.join('\n')))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    const conditions = () =>
      database.query(
        `select c.relname, pg_get_expr(p.polqual, p.polrelid) as qual, pg_get_expr(p.polwithcheck, p.polrelid) as with_check
         from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'company_proof' and c.relname like 'people%' order by 1`,
      )
    const before = await conditions()
    for (const [index, sql] of Object.values(loosened).entries()) {
      await database.query(sql.replace('%s', `tenant_abc.people_${index}`))
    }
    expect(
      (await conditions()).filter(
        (row, index) => row.qual === before[index]?.qual && row.with_check === before[index]?.with_check,
      ),
    ).toEqual([])
    await given.write('migrations/postgres/tenant/0003_more.sql', migration('create table more (id int);'))
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await conditions()).toEqual(before)
  })
})

describe('given a migration that takes protection off a table', () => {
  const open = `create table rates (id int primary key, rate numeric);
    create policy company_proof on rates using (true);
    alter table rates enable row level security, force row level security;
    grant select on rates to database_service_role;`

  test('when it gives no reason, then nothing of it is applied and the error says how to allow it', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    await given.write('migrations/postgres/shared/0001_rates.sql', migration(open))
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Failed, 'DBS-1503')
    expect(result.stderr).toContain('public.rates')
    expect(result.stderr).toContain('-- dbsvc: unprotected rates because <reason>')
    expect(await relationsIn(given.database, 'public')).toEqual([])
    expect(await appliedTo(given.database, 'shared')).toEqual([])
  })

  test('when it says "because …", then companies read the table, change nothing, and the reason is kept', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    await given.write(
      'migrations/postgres/shared/0001_symbols.sql',
      migration(
        `-- dbsvc: unprotected symbols because every company trades the same
         create table symbols (symbol text primary key);
         insert into symbols values ('EURUSD');`,
        'drop table symbols;',
      ),
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expect(await given.database.query('select table_name, reason, migration from dbsvc.exemptions')).toEqual([
      { table_name: 'symbols', reason: 'every company trades the same', migration: '0001_symbols' },
    ])
    expect(await asCompany(given.database, { company: 'abc' }, 'select * from public.symbols')).toEqual([
      { symbol: 'EURUSD' },
    ])
    await expect(asCompany(given.database, { company: 'abc' }, 'delete from public.symbols')).rejects.toThrow(
      'permission denied',
    )
  })

  test('when it says "unprotected" without a reason, then it is refused before anything runs', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    await given.write(
      'migrations/postgres/tenant/0002_free.sql',
      migration('-- dbsvc: unprotected free\ncreate table free (id int);'),
    )
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['migrate', 'up'])
    expectError(result, ExitCode.Refused, 'DBS-1302')
    expect(result.stderr).toContain('because <reason>')
    expect(result.stderr).toContain('0002_free.sql')
    expect(await relationsIn(given.database, 'tenant_abc')).toEqual(['orders'])
    expect(await fingerprint(given.database)).toBe(before)
  })
})

describe('given a migration that makes a table as somebody else than dbsvc_owner', () => {
  test('when a company could reach it, then it is refused and nothing of it stays', async () => {
    const given = await givenOrders({ companies: ['abc'] })
    const bypass = 'reset role; create table bypass (id int); grant select on bypass to database_service_role;'
    const write = (sql: string) => given.write('migrations/postgres/tenant/0002_bypass.sql', migration(sql))
    await write(bypass)
    expectError(await given.dbsvc(['migrate', 'up', '--json']), ExitCode.Refused, 'DBS-1509')
    await write(`-- dbsvc: allow role-change because a test needs it\n${bypass}`)
    expectError(await given.dbsvc(['migrate', 'up', '--json']), ExitCode.Failed, 'DBS-1503')
    expect(await relationsIn(given.database, 'tenant_abc')).toEqual(['orders'])
  })
})

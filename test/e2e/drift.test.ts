import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../src/core/exit-codes.ts'
import { fingerprint } from './support/catalogue.ts'
import { expectError, expectExit, type Given, givenCluster, givenOrders, migration } from './support/given.ts'
import { shop, structureOf } from './support/shop.ts'

interface DriftDocument {
  readonly targets: number
  readonly drifted: number
  readonly fix: string | null
  readonly groups: readonly {
    readonly version: string
    readonly targets: number
    readonly login: boolean
    readonly reference: string
    readonly outliers: readonly {
      readonly companies: readonly string[]
      readonly differences: readonly {
        readonly type: string
        readonly kind: string
        readonly on: string
        readonly name: string
        readonly expected: string | null
        readonly found: string | null
      }[]
    }[]
  }[]
}

/** What a hand did to a company, and how drift names it. */
const breaks: Readonly<Record<string, { readonly sql: string; readonly found: readonly string[] }>> = {
  lost_index: { sql: 'drop index orders_customer', found: ['missing index orders orders_customer'] },
  more_index: { sql: 'create index by_note on orders (note)', found: ['extra index orders by_note'] },
  other_index: {
    sql: 'drop index orders_receipt; create unique index orders_receipt on orders (receipt)',
    found: ['changed index orders orders_receipt'],
  },
  more_column: { sql: 'alter table orders add column color text', found: ['extra column orders color'] },
  lost_column: {
    sql: 'alter table orders drop column note cascade',
    found: ['missing column orders note', 'missing constraint orders note_is_short', 'missing default orders note'],
  },
  other_type: {
    sql: 'alter table orders alter column note type varchar(40)',
    found: ['changed column orders note', 'changed constraint orders note_is_short'],
  },
  other_default: {
    sql: `alter table orders alter column note set default 'x'`,
    found: ['changed default orders note'],
  },
  lost_default: { sql: 'alter table orders alter column note drop default', found: ['missing default orders note'] },
  nullable: { sql: 'alter table orders alter column amount drop not null', found: ['missing not null orders amount'] },
  lost_check: {
    sql: 'alter table orders drop constraint note_is_short',
    found: ['missing constraint orders note_is_short'],
  },
  lost_key: {
    sql: 'alter table orders drop constraint orders_customer_id_fkey',
    found: ['missing constraint orders orders_customer_id_fkey'],
  },
  lost_policy: { sql: 'drop policy company_proof on orders', found: ['missing policy orders company_proof'] },
  open_policy: {
    sql: 'alter policy company_proof on orders using (true)',
    found: ['changed policy orders company_proof'],
  },
  lost_own_policy: { sql: 'drop policy no_tiny on orders', found: ['missing policy orders no_tiny'] },
  no_security: {
    sql: 'alter table orders disable row level security',
    found: ['changed row security orders '],
  },
  granted: { sql: 'grant select on orders to public', found: ['extra grant table orders public'] },
  revoked: {
    sql: 'revoke delete on orders from database_service_role',
    found: ['changed grant table orders database_service_role'],
  },
  other_owner: { sql: 'alter table orders owner to postgres', found: ['changed owner table orders '] },
  lost_trigger: { sql: 'drop trigger touch on orders', found: ['missing trigger orders touch'] },
  idle_trigger: { sql: 'alter table orders disable trigger touch', found: ['extra trigger state orders touch'] },
  other_function: {
    sql: 'create or replace function touch() returns trigger language plpgsql as $$ begin return new; end $$',
    found: ['changed routine  touch()'],
  },
  other_view: {
    sql: 'create or replace view big_orders as select id, amount from orders where amount > 1',
    found: ['changed view  big_orders', 'missing option view big_orders security_invoker'],
  },
  open_schema: {
    sql: 'grant create on schema {schema} to public',
    found: ['extra grant schema tenant_{company} public'],
  },
  open_defaults: {
    sql: 'alter default privileges for role dbsvc_owner in schema {schema} grant select on tables to public',
    found: ['extra default privilege for role dbsvc_owner in schema tenant_{company} tables to public'],
  },
  other_comment: { sql: `comment on table orders is 'mine'`, found: ['changed comment table orders '] },
}

const names = (document: DriftDocument): Record<string, string[]> =>
  Object.fromEntries(
    document.groups.flatMap((group) =>
      group.outliers.flatMap(({ companies, differences }) =>
        companies.map((company) => [
          company,
          differences.map(({ type, kind, on, name }) => `${type} ${kind} ${on} ${name}`).sort(),
        ]),
      ),
    ),
  )

async function breakCompany({ database }: Given, company: string, sql: string): Promise<void> {
  const schema = `tenant_${company}`
  await database.query(`set search_path = ${schema}; ${sql.replaceAll('{schema}', schema)}; reset search_path`)
}

describe('given companies that were each changed by hand in another way', () => {
  let given: Given
  const inLine = Array.from({ length: Object.keys(breaks).length + 2 }, (_, index) => `fine_${index}`)

  beforeAll(async () => {
    given = await givenCluster({ migrations: shop, companies: [...inLine, ...Object.keys(breaks)] })
    for (const [company, { sql }] of Object.entries(breaks)) await breakCompany(given, company, sql)
  })

  const expected = Object.fromEntries(
    Object.entries(breaks).map(([company, { found }]) => [company, [...found].sort()]),
  )

  test('when drift is looked for, then every change is found, held against the majority, and the exit status is 1', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['drift', '--json'])
    expectExit(result, ExitCode.Failed)
    const document = result.json<DriftDocument>()
    expect(names(document)).toEqual(expected)
    expect(document).toMatchObject({
      schema: 'dbsvc/drift/1',
      targets: inLine.length + Object.keys(breaks).length,
      drifted: Object.keys(breaks).length,
      groups: [{ version: '0001', reference: 'majority', login: false }],
    })
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when they are held against a fresh build, then the same is found and nothing of the build stays', async () => {
    const before = await fingerprint(given.database)
    const result = await given.dbsvc(['drift', '--against', 'build', '--json'])
    expectExit(result, ExitCode.Failed)
    expect(names(result.json<DriftDocument>())).toEqual(expected)
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when only some companies are asked for, then only these are reported', async () => {
    const result = await given.dbsvc(['drift', '--tenant', 'granted', '--tenant', 'fine_0', '--json'])
    expectExit(result, ExitCode.Failed)
    const document = result.json<DriftDocument>()
    expect(names(document)).toEqual({ granted: expected.granted })
    expect(document).toMatchObject({ targets: 2, drifted: 1, groups: [{ reference: 'build' }] })
    const fine = await given.dbsvc(['drift', '--tenant', 'fine_0', '--against', 'majority'])
    expectExit(fine, ExitCode.Ok)
    expect(fine.stdout).toContain('no drift in 1 company')
  })

  test('when it is read by people, then it names the company, the thing and both sides', async () => {
    const { stdout } = await given.dbsvc(['drift', '--tenant', 'other_default'])
    expect(stdout).toContain('other_default at version 0001, against a fresh build:')
    expect(stdout).toContain('~ default orders.note')
    expect(stdout).toMatch(/expected 'none'::text\n.*found {4}'x'::text/)
    expect(stdout).toContain('1 of 1 company drifted')
  })

  test('when the fix is written and rolled out, then every company is as one that was never touched', async () => {
    const before = await fingerprint(given.database)
    const path = 'migrations/postgres/tenant/0002_mend.sql'
    const written = await given.dbsvc(['drift', '--fix', path, '--json'])
    expectExit(written, ExitCode.Failed)
    expect(written.json<DriftDocument>().fix).toBe(join(given.directory, path))
    expect(await fingerprint(given.database)).toBe(before)
    const text = await readFile(join(given.directory, path), 'utf8')
    expect(text).toMatch(/^-- Up Migration\n/)
    expect(text).toContain('\n-- Down Migration\n')
    expect(text).not.toContain('not derived')

    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
    const wanted = await structureOf(given, 'fine_0')
    for (const company of Object.keys(breaks)) expect(await structureOf(given, company), company).toBe(wanted)
    // New companies run the file too, and it passes them by.
    expectExit(await given.dbsvc(['tenant', 'create', 'newcomer']), ExitCode.Ok)
    expect(await structureOf(given, 'newcomer')).toBe(wanted)
    expectExit(await given.dbsvc(['migrate', 'down']), ExitCode.Ok)
  })

  test('when the file of the fix is there already, then it stays and DBS-1304', async () => {
    await breakCompany(given, 'fine_1', 'drop trigger touch on orders')
    await given.write('mine.sql', 'mine')
    expectError(await given.dbsvc(['drift', '--fix', 'mine.sql']), ExitCode.Failed, 'DBS-1304')
    expect(await readFile(join(given.directory, 'mine.sql'), 'utf8')).toBe('mine')
  })
})

describe('given what no statement can mend', () => {
  test('when the fix is written, then it says so in comments, and a table with data is not dropped', async () => {
    const given = await givenCluster({ migrations: shop, companies: ['a', 'b', 'c'] })
    await breakCompany(given, 'a', `alter type mood add value 'odd'; create table mine (id int)`)
    expectExit(await given.dbsvc(['drift', '--fix', 'fix.sql']), ExitCode.Failed)
    const text = await readFile(join(given.directory, 'fix.sql'), 'utf8')
    expect(text).toContain(`-- not derived: type mood is as enum ('good', 'bad', 'odd'), not as enum ('good', 'bad')`)
    expect(text).toContain('-- not derived: extra: table mine; if its data may go: drop table mine')
    expect(text).not.toContain('do $mend$')
  })

  test('when a whole table is missing, then the fix makes it again with all that belongs to it', async () => {
    const given = await givenCluster({ migrations: shop, companies: ['a', 'b', 'c'] })
    const wanted = await structureOf(given, 'a')
    await breakCompany(given, 'a', 'drop table orders cascade; drop table customers; drop type mood')
    await given.dbsvc(['drift', '--fix', 'migrations/postgres/tenant/0002_mend.sql'])
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift']), ExitCode.Ok)
    expect(await structureOf(given, 'a')).toBe(wanted)
  })
})

describe('given companies at different versions', () => {
  test('when drift is looked for, then each is held against its own version, and only the last is mended', async () => {
    const given = await givenOrders({ companies: ['a', 'b', 'c'] })
    await given.database.query('create table tenant_b.note (id int); alter table tenant_b.note owner to dbsvc_owner')
    await given.write(
      'migrations/postgres/tenant/0002_note.sql',
      migration('create table note (id bigint primary key);'),
    )
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Failed)
    await given.database.query('drop index tenant_a.note_pkey cascade').catch(() => {})
    await given.database.query('alter table tenant_a.note drop constraint note_pkey')

    const result = await given.dbsvc(['drift', '--fix', 'fix.sql', '--json'])
    expectExit(result, ExitCode.Failed)
    const document = result.json<DriftDocument>()
    expect(document.groups).toMatchObject([
      { version: '0001', targets: 1, reference: 'build', outliers: [{ companies: ['b'] }] },
      { version: '0002', targets: 2, reference: 'build', outliers: [{ companies: ['a'] }] },
    ])
    expect(document.groups[0]?.outliers[0]?.differences).toContainEqual(
      expect.objectContaining({ type: 'extra', kind: 'table', name: 'note' }),
    )
    const text = await readFile(join(given.directory, 'fix.sql'), 'utf8')
    expect(text).toContain('-- not mended: b at version 0001')
    expect(text).toContain('alter table note add constraint note_pkey PRIMARY KEY (id);')
  })

  test('when a company has a LOGIN role, then its grants are no drift, and what is too much of them is', async () => {
    const given = await givenOrders({ companies: ['a', 'b'] })
    expectExit(await given.dbsvc(['tenant', 'create', 'direct', '--login']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift']), ExitCode.Ok)
    await given.database.query('grant truncate on tenant_direct.orders to tenant_direct')
    const result = await given.dbsvc(['drift', '--json', '--fix', 'migrations/postgres/tenant/0002_mend.sql'])
    expectExit(result, ExitCode.Failed)
    expect(names(result.json<DriftDocument>())).toEqual({
      direct: ['changed grant table orders tenant_{company}'],
    })
    expectExit(await given.dbsvc(['migrate', 'up']), ExitCode.Ok)
    expectExit(await given.dbsvc(['drift']), ExitCode.Ok)
  })
})

describe('given the schema that ships', () => {
  let given: Given
  beforeAll(async () => {
    given = await givenCluster({ companies: ['a', 'b'] })
  })

  test('when nothing was changed, then neither scope has drifted, and looking leaves nothing behind', async () => {
    const before = await fingerprint(given.database)
    expectExit(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Ok)
    const shared = await given.dbsvc(['drift', '--scope', 'shared'])
    expectExit(shared, ExitCode.Ok)
    expect(shared.stdout).toContain('no drift in the shared schema')
    expect(await fingerprint(given.database)).toBe(before)
  })

  test('when the shared schema was changed by hand, then a fresh build shows it and the fix mends it', async () => {
    await given.database.query(`
      grant insert on tenant_configuration_history to database_service_role;
      drop policy company_proof on market_data;
      alter table private_shared.trading_ticks drop constraint trading_ticks_volume_check;
      create or replace view trading_ticks with (security_barrier) as select * from private_shared.trading_ticks with check option;
      alter table service_registry owner to postgres`)
    const result = await given.dbsvc(['drift', '--scope', 'shared', '--fix', 'fix.sql', '--json'])
    expectExit(result, ExitCode.Failed)
    expect(names(result.json<DriftDocument>())['']).toEqual([
      'changed grant table tenant_configuration_history database_service_role',
      'changed owner table service_registry ',
      'changed view  trading_ticks',
      'missing constraint private_shared.trading_ticks trading_ticks_volume_check',
      'missing policy market_data company_proof',
    ])
    const fix = await readFile(join(given.directory, 'fix.sql'), 'utf8')
    await given.database.query(`begin; set local search_path = public; ${fix}; reset role; commit`)
    expectExit(await given.dbsvc(['drift', '--scope', 'shared']), ExitCode.Ok)
  })
})

describe('given a wrong command line', () => {
  test('when there is no such company, then DBS-1203; of one shared scope there is no majority', async () => {
    const given = await givenOrders({ companies: ['a'] })
    expectError(await given.dbsvc(['drift', '--tenant', 'nobody']), ExitCode.NotFound, 'DBS-1203')
    expectError(await given.dbsvc(['drift', '--scope', 'shared', '--against', 'majority']), ExitCode.Usage, 'DBS-1903')
    expectError(await given.dbsvc(['drift', '--scope', 'shared', '--tenant', 'a']), ExitCode.Usage, 'DBS-1903')
  })

  test('when a file was changed after it was applied, then a build is refused and the majority still tells', async () => {
    const given = await givenOrders({ companies: ['a', 'b', 'c'] })
    await given.write('migrations/postgres/tenant/0001_orders.sql', migration('create table orders (id int);'))
    await given.database.query('drop table tenant_b.orders')
    expectError(await given.dbsvc(['drift', '--against', 'build']), ExitCode.Refused, 'DBS-1401')
    const result = await given.dbsvc(['drift', '--json'])
    expectExit(result, ExitCode.Failed)
    expect(Object.keys(names(result.json<DriftDocument>()))).toEqual(['b'])
  })

  test('when a whole schema was dropped, then everything of it is missing', async () => {
    const given = await givenOrders({ companies: ['a', 'b', 'c'] })
    await given.database.query('drop schema tenant_b cascade')
    const result = await given.dbsvc(['drift', '--json'])
    expectExit(result, ExitCode.Failed)
    expect(names(result.json<DriftDocument>()).b).toContain('missing schema  schema tenant_{company}')
  })
})

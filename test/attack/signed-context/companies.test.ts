import { beforeAll, describe, expect, test } from 'vitest'
import { asOwner } from '../../support/install-schema.ts'
import { type Bare, createSetting, refusal, type Setting } from './setting.ts'

let setting: Setting
let bare: Bare

beforeAll(async () => {
  setting = await createSetting()
  await asOwner(setting.database, 'public', [
    `create table notes (company_id text not null, note_id int not null, text text not null, primary key (company_id, note_id));
     create view note_texts as select company_id, text from notes;
     create materialized view note_counts as select count(*) from notes;
     create table measures (company_id text not null, at date not null, value int) partition by range (at);
     create table measures_2026 partition of measures for values from ('2026-01-01') to ('2027-01-01');
     create index on notes (text);`,
  ])
  for (const company of ['alpha', 'beta']) {
    await asOwner(setting.database, `tenant_${company}`, [
      `create table bare_rows (id int primary key, text text);
       create view bare_texts as select text from bare_rows;`,
    ])
    await setting.database.query(`
      insert into notes values ('${company}', 1, '${company}1'), ('${company}', 2, '${company}2');
      insert into measures values ('${company}', '2026-05-05', 1);
      insert into tenant_${company}.users values ('u', 'u@${company}', 'free');
      insert into tenant_${company}.bare_rows values (1, '${company}');
      insert into private_shared.trading_ticks (time, company_id, user_id, symbol) values (now(), '${company}', 'u', '${company}')`)
  }
  bare = await setting.bare()
})

const asAlpha = <T>(work: () => Promise<T>): Promise<T> => bare.entered({}, work)

describe('reading', () => {
  test.each([
    ['a shared table', 'select distinct company_id from notes', [{ company_id: 'alpha' }]],
    ['a view over it', 'select distinct company_id from note_texts', [{ company_id: 'alpha' }]],
    ['a partitioned table', 'select company_id from measures', [{ company_id: 'alpha' }]],
    ['one of its partitions', 'select company_id from measures_2026', [{ company_id: 'alpha' }]],
    ['a time series', 'select company_id from trading_ticks', [{ company_id: 'alpha' }]],
    ["a table of one's own", 'select email from users', [{ email: 'u@alpha' }]],
    ["a view of one's own", 'select text from bare_texts', [{ text: 'alpha' }]],
    ['a foreign table', 'select * from tenant_beta.users', []],
    ['a foreign table without users', 'select * from tenant_beta.bare_rows', []],
    ['a foreign view', 'select * from tenant_beta.bare_texts', []],
    ['a foreign company by name', `select * from notes where company_id = 'beta'`, []],
    [
      'a leaky expression',
      `select * from notes where case when company_id = 'beta' then 1 / (note_id - note_id) end = 1`,
      [],
    ],
    ['a cast that fails on foreign rows', `select 1 from notes where text like 'beta%' and text::int = 1`, []],
    ['count', 'select count(*)::int as n from notes', [{ n: 2 }]],
    ['a self join', 'select count(*)::int as n from notes a, notes b', [{ n: 4 }]],
    [
      'a lateral join',
      'select n.company_id from generate_series(1, 2) g, lateral (select * from notes where note_id = g) n',
      [{ company_id: 'alpha' }, { company_id: 'alpha' }],
    ],
    ['a whole row', 'select distinct (n).company_id from notes n', [{ company_id: 'alpha' }]],
    ['a system column', 'select count(*)::int as n from notes where ctid is not null', [{ n: 2 }]],
    ['a sample', 'select count(*)::int as n from notes tablesample system (100)', [{ n: 2 }]],
    ['for update', 'select company_id from notes for update', [{ company_id: 'alpha' }, { company_id: 'alpha' }]],
  ])('%s shows own rows only', async (_, sql, rows) => {
    expect(await asAlpha(() => bare.rows(sql))).toEqual(rows)
  })

  test.each([
    ['a chunk or partition of a time series', 'select * from private_shared.trading_ticks_default'],
    ['the private table of a time series', 'select * from private_shared.trading_ticks'],
    ['a materialised view', 'select * from note_counts'],
  ])('%s is not allowed', async (_, sql) => {
    expect(await asAlpha(() => refusal(bare.rows(sql)))).toMatchObject({ code: '42501' })
  })

  test('row_security = off raises and shows nothing', async () => {
    await asAlpha(async () => {
      await bare.client.query('set local row_security = off')
      expect(await refusal(bare.rows('select * from notes'))).toMatchObject({ code: '42501' })
    })
  })

  test('an operator or function of the same name elsewhere is not found', async () => {
    await asAlpha(async () => {
      await bare.client.query('set local search_path = pg_temp, tenant_alpha, public, pg_catalog')
      expect(await bare.rows('select distinct company_id from public.notes')).toEqual([{ company_id: 'alpha' }])
    })
  })

  test('COPY TO gives own rows only', async () => {
    await asAlpha(async () => {
      const copied: string[] = []
      const connection = bare.client.connection as unknown as {
        on(event: string, listener: (message: { chunk: Buffer }) => void): void
        removeAllListeners(event: string): void
      }
      connection.on('copyData', ({ chunk }) => copied.push(chunk.toString()))
      await bare.client.query('copy (select company_id from notes) to stdout')
      expect(copied.join('')).toBe('alpha\nalpha\n')
    })
  })
})

describe('writing', () => {
  test.each([
    ['inserting a foreign row', `insert into notes values ('beta', 9, 'x')`],
    ['inserting into a foreign table', `insert into tenant_beta.users values ('x', 'x@y', 'free')`],
    ['moving a row to another company', `update notes set company_id = 'beta'`],
    ['inserting a foreign partition row', `insert into measures values ('beta', '2026-05-05', 1)`],
    ['inserting into a partition directly', `insert into measures_2026 values ('beta', '2026-05-05', 1)`],
    [
      'taking over a foreign row on conflict',
      `insert into notes values ('beta', 1, 'x') on conflict (company_id, note_id) do update set text = 'x'`,
    ],
    [
      'merging a foreign row in',
      `merge into notes n using (values ('beta', 9)) v (c, i) on n.company_id = v.c and n.note_id = v.i
        when not matched then insert values (v.c, v.i, 'x')`,
    ],
    ['copying rows in', `copy notes from stdin`],
  ])('%s is refused', async (_, sql) => {
    const { code } = await asAlpha(() => refusal(bare.rows(sql)))
    expect(code).toMatch(/^(42501|0A000)$/)
  })

  test('a foreign time series row is refused, by insert and by update', async () => {
    for (const sql of [
      `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'beta', 'u', 'x')`,
      `update trading_ticks set company_id = 'beta'`,
    ]) {
      expect(await asAlpha(() => refusal(bare.rows(sql)))).toMatchObject({ code: '44000' })
    }
  })

  test.each([
    `update notes set text = 'x' where company_id = 'beta'`,
    `delete from notes where company_id = 'beta'`,
    `update tenant_beta.users set email = 'x@y'`,
    'delete from tenant_beta.bare_rows',
    `update tenant_beta.bare_texts set text = 'x'`,
    `delete from measures where company_id = 'beta'`,
    `delete from trading_ticks where company_id = 'beta'`,
    `delete from trading_ticks where symbol = 'beta'`,
    `merge into notes n using (values ('beta', 1)) v (c, i) on n.company_id = v.c and n.note_id = v.i when matched then delete`,
  ])('%s touches nothing', async (sql) => {
    const { rowCount } = await asAlpha(() => bare.client.query(sql))
    expect(rowCount).toBe(0)
  })

  test('own rows can be inserted, changed, merged and deleted', async () => {
    await asAlpha(async () => {
      for (const sql of [
        `insert into notes values ('alpha', 9, 'x')`,
        `insert into notes values ('alpha', 9, 'y') on conflict (company_id, note_id) do update set text = excluded.text`,
        `update notes set text = 'z' where note_id = 9`,
        `merge into notes n using (values (9)) v (i) on n.note_id = v.i when matched then update set text = 'w'`,
        'delete from notes where note_id = 9',
        `insert into measures values ('alpha', '2026-06-06', 1)`,
        `insert into trading_ticks (time, company_id, user_id, symbol) values (now(), 'alpha', 'u', 'own')`,
        `update trading_ticks set bid = 1 where symbol = 'own'`,
        `delete from trading_ticks where symbol = 'own'`,
        `update bare_texts set text = 'x'`,
      ]) {
        expect((await bare.client.query(sql)).rowCount, sql).toBe(1)
      }
    })
  })
})

test('errors do not quote foreign rows', async () => {
  await asAlpha(async () => {
    const error = await bare
      .rows(`insert into notes values ('beta', 1, 'x')`)
      .catch((thrown: { detail?: string }) => thrown)
    expect((error as { detail?: string }).detail).toBeUndefined()
  })
})

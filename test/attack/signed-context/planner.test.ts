import { beforeAll, describe, expect, test } from 'vitest'
import { type Bare, createSetting, type Setting } from './setting.ts'

// What only shows where set_config and DO are open to everyone, as on servers where dbsvc is not set up by a superuser.

// Joins without a useful index take their time on a busy machine.
const limits = { statementTimeoutMs: 60_000, lockTimeoutMs: 1_000, workMemKb: 4_096, parallelWorkers: 0 }

let setting: Setting
let bare: Bare

beforeAll(async () => {
  setting = await createSetting()
  await setting.database.query(`
    grant execute on function pg_catalog.set_config to public;
    grant usage on language plpgsql to public;
    insert into market_data (company_id, user_id, symbol)
      select c, u, c || coalesce(u, '') from unnest(array['alpha', 'beta']) c, unnest(array['u1', 'u2', null]) u, generate_series(1, 50);
    insert into private_shared.trading_ticks (time, company_id, user_id, symbol)
      select now(), c, u, c || u from unnest(array['alpha', 'beta']) c, unnest(array['u1', 'u2']) u, generate_series(1, 50);`)
  await setting.database.query('analyze')
  bare = await setting.bare()
})

const plans = [
  '',
  'set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_material = off; set local enable_memoize = off',
  'set local enable_nestloop = off; set local enable_hashjoin = off',
  'set local enable_nestloop = off; set local enable_mergejoin = off',
  'set local enable_indexscan = off; set local enable_bitmapscan = off',
  'set local enable_seqscan = off',
]

describe('the planner may not put a setting in the place of the proof', () => {
  const flip = (value: string): string => `set_config('app.current_company_id', '${value}', true)`
  test.each(['market_data', 'trading_ticks'])('when the setting changes while %s is read', async (table) => {
    const statements = [
      `select m.* from (select ${flip('beta')} as v offset 0) s, ${table} m where m.symbol <> s.v`,
      `select m.* from (select ${flip('beta')} as v offset 0) s, lateral (select * from ${table} where symbol <> s.v offset 0) m`,
      `select m.* from ${table} m join ${table} n using (company_id) where ${flip('beta')} is not null`,
      `select m.* from (select symbol, ${flip('beta')} as v from ${table} offset 0) x, ${table} m, ${table} n
         where m.company_id = n.company_id and m.symbol <> x.v`,
      `select m.* from ${table} m where company_id = current_setting('app.current_company_id') and ${flip('beta')} = 'beta'`,
      `select m.* from (select set_config('my.company', 'beta', true) as v offset 0) s, ${table} m
         where m.company_id = current_setting('my.company', true) and m.symbol <> s.v`,
      `with s as materialized (select ${flip('beta')} as v) select m.* from s, ${table} m where m.company_id = s.v`,
      `with s as materialized (select ${flip('beta')} as v) select m.* from s left join ${table} m on m.company_id = s.v where m.company_id is not null`,
      `select m.* from ${table} m where exists (select from ${table} n where n.company_id = m.company_id and ${flip('beta')} is not null)`,
      `select m.* from generate_series(1, 3) g, lateral (select ${flip('beta')} || g as v offset 0) s, ${table} m where m.symbol <> s.v`,
    ]
    for (const plan of plans) {
      for (const sql of statements) {
        await bare.entered({ limits }, async () => {
          if (plan !== '') await bare.client.query(plan)
          const rows = await bare.rows<{ company_id: string }>(sql)
          expect(
            rows.filter((row) => row.company_id !== 'alpha'),
            `${plan} ${sql}`,
          ).toEqual([])
        })
      }
    }
  })

  test.each(['market_data', 'trading_ticks'])('when a cursor on %s is open across SET', async (table) => {
    for (const plan of plans) {
      await bare.entered({ limits }, async () => {
        if (plan !== '') await bare.client.query(plan)
        await bare.client.query(
          `declare c cursor for select m.company_id from generate_series(1, 5) g, lateral (select g as n offset 0) s, ${table} m
             where length(m.symbol) > s.n - s.n`,
        )
        const first = await bare.rows('fetch 1 from c')
        await bare.client.query(`set local app.current_company_id = 'beta'`)
        const rest = await bare.rows<{ company_id: string }>('fetch all from c')
        expect(first).toEqual([{ company_id: 'alpha' }])
        expect(
          rest.filter((row) => row.company_id !== 'alpha'),
          plan,
        ).toEqual([])
      })
    }
  })

  test('nor for the user', async () => {
    const flips = `set_config('my.person', 'u2', true)`
    for (const table of ['market_data', 'trading_ticks']) {
      for (const plan of plans) {
        for (const sql of [
          `select m.* from (select ${flips} as v offset 0) s, ${table} m where m.user_id = current_setting('my.person', true) and m.symbol <> s.v`,
          `select m.* from ${table} m join ${table} n using (user_id) where user_id = current_setting('my.person', true) and ${flips} is not null`,
          `with s as materialized (select ${flips} as v) select m.* from s, ${table} m where m.user_id = s.v`,
        ]) {
          await bare.entered({ user: 'u1', limits }, async () => {
            await bare.client.query(`set local my.person = 'u1'; ${plan}`)
            const rows = await bare.rows<{ company_id: string; user_id: string | null }>(sql)
            expect(
              rows.filter((row) => row.company_id !== 'alpha' || row.user_id === 'u2'),
              `${plan} ${sql}`,
            ).toEqual([])
          })
        }
      }
    }
  })
})

test('a DO block that changes the setting between two reads sees no foreign row', async () => {
  await bare.entered({ limits }, async () => {
    await bare.client.query(`do $$
      declare c refcursor; r record; seen integer := 0;
      begin
        open c for select m.company_id from generate_series(1, 3) g, lateral (select g as n offset 0) s, public.market_data m
          where length(m.symbol) > s.n - s.n;
        fetch c into r;
        set local app.current_company_id = 'beta';
        loop
          fetch c into r;
          exit when not found;
          if r.company_id <> 'alpha' then seen := seen + 1; end if;
        end loop;
        select count(*) + seen into seen from public.market_data where company_id <> 'alpha';
        if seen > 0 then raise exception '% foreign rows', seen; end if;
      end $$`)
  })
})

test('the proof still uses the index, in the order that the index has', async () => {
  await bare.entered({ limits }, async () => {
    for (const [sql, index] of [
      [`select * from market_data where symbol = 'alpha' order by timestamp desc limit 5`, 'market_data_symbol'],
      [`select * from trading_ticks where symbol = 'alphau1' order by time desc limit 5`, 'company_id_symbol_time_idx'],
    ] as const) {
      await bare.client.query('set local enable_seqscan = off; set local enable_bitmapscan = off')
      const plan = (await bare.rows<{ 'QUERY PLAN': string }>(`explain ${sql}`))
        .map((row) => row['QUERY PLAN'])
        .join('\n')
      expect(plan).toContain(index)
      if (index === 'market_data_symbol') expect(plan).not.toMatch(/^\s*->\s+Sort/m)
    }
  })
})

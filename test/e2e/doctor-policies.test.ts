import { beforeAll, describe } from 'vitest'
import { type Fault, testFaults } from './support/faults.ts'
import { givenSetUpPatient, type Patient, startOwnServer } from './support/own-server.ts'

let given: Patient
beforeAll(async () => {
  given = await givenSetUpPatient(await startOwnServer(), { companies: ['abc'] })
  // A time series of one company, whose view has another condition than those of shared ones.
  await given.database.query(`
    begin; set local role dbsvc_owner; set local search_path = tenant_abc;
    create table "Heart Beats" (time timestamptz not null, user_id text not null, "rate (bpm)" integer);
    select dbsvc.create_time_series('Heart Beats', 'time', chunk => interval '1 day', ahead => interval '1 day');
    commit`)
})

const found =
  (finding: string, names: string) =>
  (sql: string): Fault => ({ sql, check: 'exposure', finding, names })
const exposed = (relation: string) => found('relation-exposed', `${relation} can be reached without proof`)
const unguarded = (relation: string) =>
  found('user-policy-missing', `${relation} lacks the policy user_update or user_delete`)
const wide = (policy: string) =>
  found('owner-sight-wide', `policy ${policy} on public.market_data shows dbsvc_owner rows`)
const changed = (view: string, lacks: string) =>
  found('series-view-changed', `${view} has not what dbsvc gives the view of a time series: ${lacks}`)

const sight = `case when (select dbsvc.owner_sees_all()) then true else company_id = any (array[(select dbsvc.current_company())]) end`
const everything = `select * from private_shared.trading_ticks`
const barrier = 'with (security_barrier)'
const ticks = (definition: string, options = barrier): string =>
  `create or replace view public.trading_ticks ${options} as ${definition}`

const faults: readonly Fault[] = [
  ...['tenant_abc.users', 'public.market_data'].flatMap((relation) => [
    exposed(relation)(`alter table ${relation} no force row level security`),
    exposed(relation)(`drop policy company_proof on ${relation}`),
  ]),
  ...['tenant_abc.users', 'tenant_abc.trading_signals', 'public.market_data'].flatMap((relation) =>
    ['using', 'with check'].map((clause) =>
      exposed(relation)(
        `alter policy company_proof on ${relation} ${clause} (true or ((select dbsvc.current_company()) = 'abc'
          and (user_id is null or (select dbsvc.current_user_id()) = user_id::text)))`,
      ),
    ),
  ),
  ...['tenant_abc.trading_signals', 'public.market_data'].flatMap((relation) =>
    [
      `drop policy user_update on ${relation}`,
      `drop policy user_delete on ${relation}`,
      `drop policy user_update on ${relation}; drop policy user_delete on ${relation}`,
      `alter policy user_update on ${relation} using (true)`,
      `alter policy user_delete on ${relation} using (dbsvc.current_user_id() = user_id::text or user_id is null)`,
      `alter policy user_delete on ${relation} to dbsvc_companies`,
    ].map(unguarded(relation)),
  ),
  ...[
    'alter policy owner_access on public.market_data using (true)',
    'alter policy owner_access on public.market_data with check (true)',
    `alter policy owner_access on public.market_data using (true or ${sight})`,
  ].map(wide('owner_access')),
  ...[
    'create policy all_rows on public.market_data to dbsvc_owner using (true)',
    'create policy all_rows on public.market_data using (true)',
  ].map(wide('all_rows')),
  ...[
    `${ticks(everything)} with check option`,
    `${ticks(`${everything} where (select dbsvc.current_company()) is not null`)} with check option`,
    `${ticks(`${everything} where company_id = current_setting('app.current_company_id')
      and company_id = any (array[(select dbsvc.current_company())])`)} with check option`,
    `${ticks(`${everything} where company_id = current_setting('app.current_company_id')
      and company_id = any (array[(select dbsvc.current_company())])
      and coalesce(nullif((select dbsvc.current_user_id()), ''), user_id::text) = user_id::text or true`)} with check option`,
  ].map(changed('public.trading_ticks', 'the condition')),
  changed('public.trading_ticks', 'check_option')('alter view public.trading_ticks reset (check_option)'),
  changed('public.trading_ticks', 'check_option')('alter view public.trading_ticks set (check_option = local)'),
  changed('public.trading_ticks', 'security_barrier')('alter view public.trading_ticks set (security_barrier = false)'),
  changed(
    'public.trading_ticks',
    'security_barrier, check_option',
  )('alter view public.trading_ticks reset (security_barrier, check_option)'),
  ...[`where dbsvc.current_company() = 'xyz'`, ''].map((condition) =>
    changed(
      'tenant_abc."Heart Beats"',
      'the condition',
    )(
      `create or replace view tenant_abc."Heart Beats" ${barrier} as select * from private_abc."Heart Beats" ${condition} with check option`,
    ),
  ),
]

describe('given what keeps rows of tables and time series apart, and a hand that has changed it', () => {
  testFaults(() => given, faults)
})

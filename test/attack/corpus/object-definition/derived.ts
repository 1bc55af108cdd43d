import { callersView, noGrant, sql } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  entry: 'shared role',
  secret: 'rows of the victim',
  success: 'canary',
  honest: 'select * from notes',
} as const
const forms = (relation: string) => ({
  'as it is': `select * from ${relation}`,
  'a whole row': `select x from ${relation} x`,
  joined: `select x.* from notes n, ${relation} x`,
})

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: "read through an owner's view",
    refusal: /^ok$/,
    mechanism: callersView('public.note_texts'),
    variants: forms('public.note_texts'),
  },
  {
    ...common,
    name: "read through an owner's view",
    entry: 'query',
    refusal: /^ok$/,
    mechanism: callersView('public.note_texts'),
    variants: forms('public.note_texts'),
  },
  {
    ...common,
    name: 'read a materialised view',
    refusal: /^42501 permission denied for materialized view/,
    mechanism: noGrant('select on public.note_copies'),
    variants: forms('public.note_copies'),
  },
  {
    ...common,
    name: 'read a partition by its own name',
    refusal: /^ok$/,
    mechanism: sql('row security of partitions', 'alter table public.measures_2026 disable row level security'),
    variants: forms('public.measures_2026'),
  },
  {
    ...common,
    name: 'read the private table of a time series',
    refusal: /^42501 permission denied for schema/,
    mechanism: noGrant(
      'usage on schema private_shared',
      'select on private_shared.trading_ticks',
      'select on private_shared.ai_predictions',
    ),
    variants: { ...forms('private_shared.trading_ticks'), another: 'select * from private_shared.ai_predictions' },
  },
  {
    ...common,
    name: 'read a partition of a time series',
    on: 'partitions',
    refusal: /^42501 permission denied for schema/,
    mechanism: noGrant('usage on schema private_shared', 'select on private_shared.trading_ticks_default'),
    success: 'runs',
    variants: forms('private_shared.trading_ticks_default'),
  },
  {
    ...common,
    name: 'read a chunk of a hypertable',
    on: 'timescaledb',
    refusal: /^42501 permission denied for table/,
    mechanism: noGrant('select on _timescaledb_internal._hyper_1_1_chunk'),
    success: 'runs',
    variants: forms('_timescaledb_internal._hyper_1_1_chunk'),
  },
  {
    ...common,
    name: 'read the private table of a time series',
    entry: 'login',
    honest: 'select * from public.notes',
    refusal: /^42501 permission denied for schema/,
    mechanism: noGrant('usage on schema private_shared', 'select on private_shared.trading_ticks'),
    variants: {
      'as it is': 'select * from private_shared.trading_ticks',
      'a whole row': 'select x from private_shared.trading_ticks x',
    },
  },
  {
    ...common,
    name: 'read a foreign schema',
    entry: 'login',
    honest: 'select * from public.notes',
    refusal: /^42501 permission denied for schema tenant_company_xyz/,
    mechanism: {
      name: 'no right and no proof on a foreign schema',
      async off(client) {
        await client.query('grant usage on schema tenant_company_xyz to dbsvc_companies')
        await client.query('alter table tenant_company_xyz.users disable row level security')
        await client.query('grant select on tenant_company_xyz.users to dbsvc_companies')
      },
    },
    variants: { 'as it is': 'select * from tenant_company_xyz.users' },
  },
]

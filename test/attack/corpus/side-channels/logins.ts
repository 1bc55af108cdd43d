import { noGrant, rowSecurity, sql } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const common = { entry: 'login', success: 'canary', honest: 'select * from public.notes' } as const

// A database of its own for each: others set these sequences.
const onSequences = (rights: string) =>
  sql(`no right: ${rights} on sequences`, `grant ${rights} on all sequences in schema public to dbsvc_companies`)

/** What a login learns of values and numbers. Names, sizes and estimates are open to it, and not tried. */
export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'read values out of the statistics',
    secret: 'values of the victim',
    refusal: /^ok$/,
    mechanism: rowSecurity,
    variants: each(
      [
        `select histogram_bounds from pg_stats where tablename = 'market_data'`,
        `select * from pg_stats where schemaname = 'public'`,
        `select most_common_vals, histogram_bounds from pg_stats where tablename ~ '^(notes|market)'`,
        `select json_agg(s) from pg_stats s where schemaname = 'public'`,
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'read values out of the statistics as they are kept',
    secret: 'values of the victim',
    refusal: /^42501 permission denied for table pg_statistic/,
    mechanism: noGrant('select on pg_catalog.pg_statistic'),
    variants: each(
      [
        'select stavalues1::text, stavalues2::text from pg_statistic',
        'select stavalues1::text from pg_catalog.pg_statistic',
        'select json_agg(s) from pg_statistic s',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'read how far a shared sequence is',
    secret: 'how many rows there are in all',
    refusal: /^(ok$|42501 permission denied for sequence)/,
    mechanism: onSequences('usage, select'),
    variants: each(
      [
        'select last_value from public.market_data_id_seq',
        'table public.market_data_id_seq',
        `select last_value from pg_sequences where sequencename = 'market_data_id_seq'`,
        `select pg_sequence_last_value('public.market_data_id_seq')`,
        'select (select last_value from public.market_data_id_seq)',
      ],
      (statement) => statement,
    ),
  },
  {
    ...common,
    name: 'draw from a shared sequence',
    secret: 'how many rows there are in all, and numbers that others would get',
    success: 'runs',
    refusal: /^42501 permission denied for (sequence|function)/,
    mechanism: onSequences('usage, select, update'),
    variants: each(
      [
        `select nextval('public.market_data_id_seq')`,
        `select setval('public.market_data_id_seq', 1, false)`,
        `select nextval(pg_get_serial_sequence('public.market_data', 'id'))`,
      ],
      (statement) => statement,
    ),
  },
]

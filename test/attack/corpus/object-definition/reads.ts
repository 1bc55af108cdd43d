import { rowSecurity } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  secret: 'rows of the victim',
  mechanism: rowSecurity,
  success: 'canary',
  honest: 'select * from public.notes',
} as const

/** Ways of writing a query that go by the filter where it is only a condition of the query's own. */
const forms = {
  'as it is': 'select * from public.notes',
  'by company': `select * from public.notes where company_id = 'company_xyz'`,
  'a self join': 'select b.* from public.notes a, public.notes b',
  'a lateral join': 'select n.* from generate_series(1, 3) g, lateral (select * from public.notes where note_id = g) n',
  'a whole row': 'select n from public.notes n',
  'a union': 'select text from public.notes union all select text from public.notes',
  'an exception': `select * from public.notes except select * from public.notes where company_id = 'company_abc'`,
  'an aggregate': `select string_agg(text, ',') from public.notes`,
  'as JSON': 'select json_agg(n) from public.notes n',
  'a window': 'select max(text) over (partition by company_id) from public.notes',
  'the last': 'select max(text), min(company_id), max(company_id), array_agg(text) from public.notes',
  'a recursion':
    'with recursive r as (select * from public.notes union all select * from r where false) select * from r',
  'an outer join': 'select n.* from generate_series(1, 1) g left join public.notes n on true',
  'a cast that fails': 'select count(*) from public.notes where text::int = 1 and company_id > $$company_abd$$',
  'a view': 'select * from public.note_texts',
  'a partitioned table': 'select * from public.measures',
  'a partition': 'select * from public.measures_2026',
  configuration: 'select * from public.tenant_configurations',
} as const

export const techniques: readonly Technique[] = [
  {
    ...common,
    name: 'read around the filter',
    entry: 'shared role',
    refusal: /^(ok$|22P02)/,
    variants: {
      ...forms,
      'by its place on disk': 'select * from public.notes where ctid is not null',
      'a sample': 'select * from public.notes tablesample system (100)',
      'locked rows': 'select * from public.notes for update',
      'what an update returns': 'update public.notes set text = text returning *',
      'what a deletion returns': 'delete from public.notes returning *',
      'a cursor': ['declare c cursor for table public.notes', 'fetch all from c'],
      "a victim's table": 'select * from tenant_company_xyz.users',
      "a victim's table, joined": 'select v.* from users u, tenant_company_xyz.mt5_accounts v',
    },
  },
  { ...common, name: 'read around the filter', entry: 'query', refusal: /^(ok$|DBS-2004)/, variants: forms },
  {
    ...common,
    name: 'read around the filter',
    entry: 'login',
    refusal: /^(ok$|22P02)/,
    variants: {
      ...forms,
      'by the setting': [`set app.current_company_id = 'company_xyz'`, 'select * from public.notes'],
      'by a forged context': [`set app.context = '1.a.b.company_xyz'`, 'select * from public.notes'],
      'by its kind': ['set role dbsvc_companies', 'select * from public.notes'],
    },
  },
  {
    ...common,
    name: 'read around the filter',
    entry: 'batch',
    refusal: /^ok$/,
    variants: {
      'one statement': ['select * from public.notes'],
      'behind a write': [`update public.notes set text = text`, 'select * from public.notes'],
      'behind a read': ['select 1', 'select * from public.measures', 'table public.note_texts'],
    },
  },
  {
    ...common,
    name: 'make the filter tell by an error',
    entry: 'shared role',
    refusal: /^ok$/,
    success: /22012|22P02|22003/,
    variants: {
      'a division': `select 1 / (case when company_id = 'company_xyz' then 0 else 1 end) from public.notes`,
      'a cast': `select (case when company_id = 'company_xyz' then text else '1' end)::int from public.notes`,
      'a number too large': `select 10::numeric ^ case when company_id = 'company_xyz' then 400000 else 1 end from public.notes`,
      'in a condition': `select 1 from public.notes where 1 / (case when company_id = 'company_xyz' then 0 else 1 end) = 1`,
    },
  },
]

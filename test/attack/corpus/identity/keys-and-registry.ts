import { noGrant } from '../runner/mechanism.ts'
import { each, type Technique } from '../runner/technique.ts'

const honest = 'select * from notes'
const forms = (table: string, columns: string) => ({
  'as it is': `select * from ${table}`,
  'columns of it': `select ${columns} from ${table}`,
  'as JSON': `select to_json(x) from ${table} x`,
  'in a subquery': `select (select string_agg(x::text, ',') from ${table} x)`,
  'beside own rows': `select * from notes, ${table}`,
  'in an error': `select count(*) from notes where (select string_agg(x::text, ',') from ${table} x)::int = 1`,
})

export const techniques: readonly Technique[] = [
  {
    name: 'reach the keys that sign',
    entry: 'shared role',
    secret: 'a key, which signs for any company',
    refusal: /^42501 permission denied for table context_keys/,
    mechanism: noGrant('select on dbsvc.context_keys'),
    success: /leaked/,
    honest,
    variants: forms('dbsvc.context_keys', 'key_id, inner_pad, outer_pad'),
  },
  {
    name: 'read the registry of companies',
    entry: 'shared role',
    secret: 'names of other companies',
    refusal: /^42501 permission denied for (table|schema)/,
    mechanism: noGrant('select on dbsvc.companies'),
    success: 'canary',
    honest,
    variants: forms('dbsvc.companies', 'company_id, state'),
  },
  {
    name: 'read the ledger',
    entry: 'shared role',
    secret: 'names of other companies',
    refusal: /^42501 permission denied for table targets/,
    mechanism: noGrant('select on dbsvc.targets'),
    success: 'canary',
    honest,
    variants: each(['*', 'company_id'], (columns) => `select ${columns} from dbsvc.targets`),
  },
  {
    name: 'read the registry by a LOGIN role',
    entry: 'login',
    secret: 'names of other companies',
    refusal: /^42501 permission denied for (table|schema)/,
    mechanism: noGrant('select on dbsvc.companies'),
    success: 'canary',
    honest: 'select * from public.notes',
    variants: each(['*', 'company_id'], (columns) => `select ${columns} from dbsvc.companies`),
  },
]

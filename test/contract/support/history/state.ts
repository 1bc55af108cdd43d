import { digestHistory } from '../../../../src/core/migration/history.ts'
import type { TestDatabase } from '../../../support/database.ts'
import type { Model } from './model.ts'

/** What there is of one company. */
export interface CompanyState {
  /** Of its row in dbsvc.targets. */
  readonly applied: number
  readonly version: string
  readonly history: string
  /** Name and checksum of each row in the ledger, oldest first. */
  readonly ledger: readonly string[]
  /** Migrations that failed half-way, outside a transaction. */
  readonly progress: readonly string[]
  /** Tables, later columns and valid indexes of its schema. */
  readonly objects: readonly string[]
}

export type State = Readonly<Record<string, CompanyState>>

const line = ({ name, checksum }: { readonly name: string; readonly checksum: string }): string => `${name} ${checksum}`

/** What the model says there is. */
export function expectedState({ files, companies }: Model): State {
  const states = [...companies].map(([name, { applied, half }]): [string, CompanyState] => {
    const has = files.slice(0, applied)
    return [
      name,
      {
        applied,
        version: has.at(-1)?.version ?? '',
        history: digestHistory(has),
        ledger: has.map(line),
        progress: [...half].map((file) => file.name).toSorted(),
        objects: [...has.flatMap((file) => file.objects), ...[...half].flatMap((file) => file.half)].toSorted(),
      },
    ]
  })
  return Object.fromEntries(states)
}

/** What there is, by ledger and catalogue; each schema and each row belongs to a company. */
export async function readState({ query }: TestDatabase): Promise<State> {
  const rows = await query<CompanyState & { company: string }>(
    `with ledger as (
       select company_id, jsonb_agg(name || ' ' || checksum order by position) as lines
       from dbsvc.ledger where scope = 'tenant' group by company_id
     ), progress as (
       select company_id, jsonb_agg(name order by name) as names from dbsvc.progress where scope = 'tenant' group by company_id
     ), object as (
       select n.nspname, 'table ' || c.relname as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r'
       union all
       select n.nspname, 'column ' || c.relname || '.' || a.attname
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and a.attname like 'extra_%' and not a.attisdropped
       union all
       select n.nspname, 'index ' || c.relname
       from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
       where i.indisvalid and not i.indisprimary
     ), objects as (
       select substr(nspname, 8) as company_id, jsonb_agg(name order by name collate "C") as names
       from object where nspname like 'tenant\\_%' group by nspname
     )
     select company_id as company, t.applied, t.version, t.history, coalesce(ledger.lines, '[]') as ledger,
       coalesce(progress.names, '[]') as progress, coalesce(objects.names, '[]') as objects
     from (select * from dbsvc.targets where scope = 'tenant') t
     full join dbsvc.companies using (company_id)
     full join ledger using (company_id) full join progress using (company_id) full join objects using (company_id)`,
  )
  return Object.fromEntries(rows.map(({ company, ...state }) => [company, state]))
}

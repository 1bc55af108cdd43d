import { rowSecurity } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

const common = {
  name: 'have rows returned by newer syntax',
  secret: 'rows of the victim, by what PostgreSQL 17 and 18 can say of rows',
  mechanism: rowSecurity,
  success: 'canary',
  honest: 'select * from notes',
  // Where PostgreSQL is the newest, which it is not with TimescaleDB.
  on: 'partitions',
} as const

// What they change of one's own rows stays as it was.
const forms = {
  'MERGE of what has no match': `merge into market_data m using (values (1)) v on false
    when not matched by source then update set symbol = m.symbol returning merge_action(), old.symbol, new.company_id`,
  'MERGE with a match for everybody': `merge into notes n using (values (1)) v on true
    when matched then update set text = n.text returning old, new`,
  'MERGE into a partitioned table': `merge into measures m using (values (1)) v on true
    when matched then update set note = m.note returning old.note`,
  'UPDATE with names for what was and what is':
    'update notes set text = text returning with (old as o, new as n) o.*, n.text',
  'INSERT in the place of a row': `insert into notes (company_id, note_id, text) values ('company_xyz', 1, 'x')
    on conflict (company_id, note_id) do update set text = notes.text returning old.text`,
}
const reading = {
  'JSON_TABLE over all of a table': `select c.* from json_table((select json_agg(m) from market_data m), '$[*]'
    columns (symbol text path '$.symbol', nested path '$.tick_data' columns (note text path '$.note'))) c`,
  'JSON_QUERY over all of a table': `select json_query((select jsonb_agg(n) from notes n), '$[*].text' with wrapper)`,
  'an aggregate of any value':
    'select any_value(text), company_id from notes group by grouping sets ((company_id), (company_id, note_id))',
}

export const techniques: readonly Technique[] = [
  { ...common, entry: 'execute', refusal: /^(ok$|DBS-2004 .*42501)/, variants: forms },
  { ...common, entry: 'login', refusal: /^(ok$|42501)/, variants: { ...forms, ...reading } },
  { ...common, entry: 'query', refusal: /^ok$/, variants: reading },
]

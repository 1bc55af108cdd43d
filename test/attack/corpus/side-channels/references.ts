import { sql } from '../runner/mechanism.ts'
import type { Technique } from '../runner/technique.ts'

/** `remarks` of the scene refers to a row of market_data, of which 500 is the victim's. */
export const techniques: readonly Technique[] = [
  {
    name: 'find out by a foreign key what others have',
    entry: 'shared role',
    secret: 'that a row of the victim is there',
    refusal: /^23503 /,
    mechanism: sql(
      'company in front of each foreign key',
      'create unique index on market_data (id)',
      'alter table remarks drop constraint if exists remarks_to_data, add foreign key (data_id) references market_data (id)',
    ),
    success: 'runs',
    honest: 'select * from notes',
    variants: {
      insert: `insert into remarks values ('company_abc', 500)`,
      'insert of a query': `insert into remarks select 'company_abc', 500 from notes limit 1`,
      update: 'update remarks set data_id = 500',
      merge: `merge into remarks using (values (500)) v (id) on false when not matched then insert values ('company_abc', id)`,
      'in a common table expression': `with x as (insert into remarks values ('company_abc', 500) returning *) select * from x`,
    },
  },
]

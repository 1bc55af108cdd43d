import { namesIn } from '../create-table.ts'
import type { Rule } from '../rule.ts'

export const dropColumnInUse: Rule = {
  id: 'clickhouse-drop-column-in-use',
  severity: 'error',
  summary: 'DROP COLUMN or RENAME COLUMN of one that a key or a view uses.',
  why: 'ClickHouse refuses it for a key; a materialised view makes every insert into the table fail from then on.',
  mend: 'Drop or change the view first; a key column stays, or the table is made anew.',
  *statement({ head, commands }, model) {
    const table = head.names[0]?.name ?? ''
    const { orderBy, partitionBy, ttl } = model.tables.get(table) ?? {}
    const key = [orderBy, partitionBy, ttl].flatMap((tokens) => namesIn(tokens ?? []))
    for (const { action, object, name, tokens } of commands) {
      if (object !== 'COLUMN' || (action !== 'DROP' && action !== 'RENAME')) continue
      const users = [...(key.includes(name) ? [`the key of ${table}`] : []), ...model.viewsOver(table, name)]
      if (users.length > 0) yield { message: `${table}.${name} is used by ${users.join(', ')}`, at: tokens[0]?.start }
    }
  },
}

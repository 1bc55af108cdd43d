import { isWord } from '../../sql/token.ts'
import { namesIn } from '../create-table.ts'
import type { Rule } from '../rule.ts'

export const nullableKey: Rule = {
  id: 'clickhouse-nullable-key',
  severity: 'error',
  summary: 'A Nullable column in ORDER BY.',
  why: 'ClickHouse refuses it, unless allow_nullable_key is set; then the key loses its use where the column is null.',
  mend: "A default such as '' or 0 in place of null.",
  *statement({ table }) {
    const key = namesIn(table?.orderBy ?? [])
    for (const { name, tokens } of table?.columns ?? []) {
      const isNullable =
        isWord(tokens[0], 'NULLABLE') || (isWord(tokens[0], 'LOWCARDINALITY') && isWord(tokens[2], 'NULLABLE'))
      if (key.includes(name) && isNullable)
        yield { message: `${table?.name}.${name} is Nullable and part of the key`, at: tokens[0]?.start }
    }
  },
}

import { isWord } from '../../sql/token.ts'
import type { Rule } from '../rule.ts'

const moneyWords =
  /(^|_)(price|bid|ask|amount|balance|equity|margin|cost|fee|total|subtotal|profit|loss|pnl|commission|swap|credit|debit|salary|wage|tax|vat|revenue|payment|refund|discount|fare|rent|budget|deposit|withdrawal)s?(_|$)/

export const inexactMoney: Rule = {
  id: 'clickhouse-inexact-money',
  severity: 'warning',
  summary: 'A column that looks like money is Float32 or Float64.',
  why: 'Binary fractions do not add up to the cent, and their sum depends on the order of the parts.',
  mend: 'Decimal(18, 6), or as many digits as are needed.',
  *statement({ table, commands }) {
    const added = commands
      .filter(({ action, object }) => object === 'COLUMN' && (action === 'ADD' || action === 'MODIFY'))
      .map(({ name, definition }) => ({ name, tokens: definition }))
    for (const { name, tokens } of [...(table?.columns ?? []), ...added]) {
      const type = tokens.find(
        ({ kind, text }) => kind === 'word' && !/^(Nullable|LowCardinality|SimpleAggregateFunction)$/i.test(text),
      )
      if (isWord(type, 'FLOAT32', 'FLOAT64', 'FLOAT', 'DOUBLE', 'REAL') && moneyWords.test(name.toLowerCase())) {
        yield { message: `${name} looks like money, and ${type?.text} cannot hold 0.1`, at: type?.start }
      }
    }
  },
}

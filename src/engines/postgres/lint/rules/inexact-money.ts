import { declaredColumns } from '../declared.ts'
import type { Rule } from '../rule.ts'

const inexact: Readonly<Record<string, string>> = {
  float4: 'real keeps 6 digits',
  float8: 'double precision cannot hold 0.1',
  money: 'money has the currency and the digits of whatever lc_monetary says',
}

const moneyWords =
  /(^|_)(price|amount|balance|equity|margin|cost|fee|fees|total|subtotal|profit|loss|pnl|commission|swap|credit|debit|salary|wage|tax|vat|revenue|payment|paid|refund|discount|fare|rent|budget|deposit|withdrawal)s?(_|$)/

export const inexactMoney: Rule = {
  id: 'inexact-money',
  severity: 'warning',
  summary: 'A column that looks like money is real, double precision or money.',
  why: 'Binary fractions do not add up to the cent, and the type money depends on a setting of the server.',
  mend: 'numeric(20, 4), or as many digits as are needed.',
  *statement({ statement }, model) {
    for (const { table, name, type, column } of declaredColumns(statement)) {
      const why = inexact[type.name]
      if (why === undefined || (type.name !== 'money' && !moneyWords.test(name.toLowerCase()))) continue
      yield { message: `${model.nameOf(table)}.${name} looks like money, and ${why}`, at: column.location }
    }
  },
}

import { isName, isSign, nameIn } from '../../sql/token.ts'
import { bothWays, type Rule } from '../rule.ts'

const common = ['system', 'information_schema']

export const qualifiedName: Rule = {
  id: 'clickhouse-qualified-name',
  severity: 'error',
  scopes: ['tenant'],
  summary: "A name with a database in a company's migration.",
  why: 'The same text runs for every company, in its own database. A database in it is the same one for all of them.',
  mend: 'Leave the database out; {database:Identifier} is the company’s, {shared:Identifier} the shared one.',
  directions: bothWays,
  *statement({ sql, head }) {
    const named = head.names.flatMap(({ database, tokens }) =>
      database === null ? [] : [{ database, at: tokens[0]?.start }],
    )
    const read = sql.tokens.flatMap((token, index) => {
      const [before, dot] = [sql.tokens[index - 1], sql.tokens[index + 1]]
      const isSource = before !== undefined && /^(FROM|JOIN|INTO|TO)$/i.test(before.text)
      return isSource && isName(token) && isSign(dot, '.') ? [{ database: nameIn(token), at: token.start }] : []
    })
    const all = new Map([...named, ...read].map((found) => [found.at, found]))
    for (const { database, at } of all.values()) {
      if (!database.startsWith('{') && !common.includes(database.toLowerCase())) {
        yield { message: `${database} is the same database for every company`, at }
      }
    }
  },
}

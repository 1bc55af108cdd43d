import { isWord, type Token } from '../../sql/token.ts'
import { bothWays, type Rule } from '../rule.ts'

export const mutationOfEverything: Rule = {
  id: 'clickhouse-mutation-of-everything',
  severity: 'error',
  summary: 'ALTER … DELETE, ALTER … UPDATE or DELETE FROM whose WHERE holds for every row.',
  why: 'It rewrites every part of the table, and every later mutation waits behind it.',
  mend: 'TRUNCATE TABLE, DROP PARTITION, or a condition on the key.',
  directions: bothWays,
  *statement({ sql, head, commands }) {
    const mutations = head.verb === 'DELETE' ? [sql.tokens] : commands.filter(isMutation).map(({ tokens }) => tokens)
    for (const tokens of mutations) {
      if (holdsAlways(tokens))
        yield { message: `the mutation of ${head.names[0]?.name} is one of all rows`, at: tokens[0]?.start }
    }
  },
}

const isMutation = ({ action }: { readonly action: string }): boolean => action === 'UPDATE' || action === 'DELETE'

function holdsAlways(tokens: readonly Token[]): boolean {
  const where = tokens.findIndex((token) => isWord(token, 'WHERE'))
  const condition = tokens.slice(where + 1)
  return where === -1 || (condition.length === 1 && /^(1|true)$/i.test(condition[0]?.text ?? ''))
}

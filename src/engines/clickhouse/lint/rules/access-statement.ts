import { isWord } from '../../sql/token.ts'
import { bothWays, type Rule } from '../rule.ts'

const entities = ['USER', 'ROLE', 'QUOTA', 'ROW', 'POLICY', 'SETTINGS', 'PROFILE', 'NAMED']

export const accessStatement: Rule = {
  id: 'clickhouse-access-statement',
  severity: 'error',
  summary: 'A user, role, quota, policy, profile or grant in a migration.',
  why: 'dbsvc makes these itself, closes shared tables with them, and chDB has none, so that the migration would fail there.',
  mend: 'Leave them out; dbsvc doctor says what dbsvc has set up.',
  directions: bothWays,
  *statement({ sql: { tokens } }) {
    const isGrant = isWord(tokens[0], 'GRANT', 'REVOKE')
    const isEntity = isWord(tokens[0], 'CREATE', 'ALTER', 'DROP') && isWord(tokens[1], ...entities)
    if (isGrant || isEntity)
      yield { message: `${tokens[0]?.text} ${isEntity ? tokens[1]?.text : ''} is about access`.replace('  ', ' ') }
  },
}

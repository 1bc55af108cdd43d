import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { settingChanges } from '../settings.ts'

// Each has a rule of its own.
const elsewhere = new Set(['all', 'role', 'session_authorization', 'search_path'])

export const sessionSetting: Rule = {
  id: 'session-setting',
  severity: 'warning',
  summary: 'SET without LOCAL.',
  why: "The setting outlives the migration: it stays on the worker's connection for the migrations and companies that come after it.",
  mend: 'Write SET LOCAL, which ends with the transaction.',
  directions: bothWays,
  *statement({ statement, sql }) {
    for (const { name, value, local } of settingChanges(statement)) {
      // Outside a transaction SET LOCAL has no effect.
      if (local || value === null || !sql.transaction || elsewhere.has(name)) continue
      yield { message: `${name === '' ? 'a setting' : name} is set for the session, not for this migration` }
    }
  },
}

import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { settingChanges } from '../settings.ts'

export const lockTimeoutOff: Rule = {
  id: 'lock-timeout-off',
  severity: 'error',
  summary: 'The lock timeout that dbsvc sets is switched off.',
  why: 'A migration that waits for a lock makes every later query of that table wait behind it. dbsvc gives up after migrations.lockTimeoutMs; without a limit one long report stops everything.',
  mend: "Remove it; where more patience is needed, say how much: set local lock_timeout = '30s'.",
  directions: bothWays,
  *statement({ statement }) {
    for (const { name, value } of settingChanges(statement)) {
      if (name === 'all') yield { message: 'all settings are reset, lock_timeout with them' }
      else if (name === 'lock_timeout' && (value === null || /^\s*0+\s*\w*\s*$/.test(value))) {
        yield { message: 'lock_timeout is switched off: this migration may wait for a lock without end' }
      }
    }
  },
}

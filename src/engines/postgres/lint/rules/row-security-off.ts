import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { alterations } from '../tree.ts'

export const rowSecurityOff: Rule = {
  id: 'row-security-off',
  severity: 'warning',
  summary: 'DISABLE ROW LEVEL SECURITY or NO FORCE ROW LEVEL SECURITY.',
  why: 'dbsvc turns it on again before the migration commits, so it has no effect; outside a transaction the table is open until then.',
  mend: 'Remove it. A shared table that is meant to be open says: -- dbsvc: unprotected <table> because <reason>',
  directions: bothWays,
  *statement({ statement }, model) {
    for (const { table, command } of alterations(statement, 'AT_DisableRowSecurity', 'AT_NoForceRowSecurity')) {
      const what = command.subtype === 'AT_DisableRowSecurity' ? 'switched off' : 'no longer forced'
      yield { message: `row security of ${model.nameOf(table)} is ${what}` }
    }
  },
}

import type { Rule } from '../rule.ts'
import { as } from '../tree.ts'

export const policyWithoutCheck: Rule = {
  id: 'policy-without-check',
  severity: 'warning',
  summary: 'A policy for rows that are written has no WITH CHECK.',
  why: 'For INSERT nothing is checked then. For UPDATE and ALL the condition of USING is taken, which a later change of USING loosens without anyone seeing it.',
  mend: 'Say WITH CHECK (…) beside USING (…).',
  *statement({ statement }, model) {
    const policy = as(statement.node, 'CreatePolicyStmt')
    if (policy?.table === undefined || policy.with_check !== undefined) return
    if (policy.cmd_name === 'select' || policy.cmd_name === 'delete') return
    yield { message: `${policy.policy_name} on ${model.nameOf(policy.table)} has no WITH CHECK` }
  },
}

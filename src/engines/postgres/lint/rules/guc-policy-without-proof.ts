import type { RangeVar } from 'libpg-query'
import type { Model } from '../model/model.ts'
import type { Rule } from '../rule.ts'
import { as, lastNameOf, literalOf, nodesIn } from '../tree.ts'

export const gucPolicyWithoutProof: Rule = {
  id: 'guc-policy-without-proof',
  severity: 'error',
  summary: 'A policy trusts a setting on a table that gets no company_proof.',
  why: 'Any session can SET app.current_company_id to any company. dbsvc adds company_proof, on the signed context, where it can: not to a table that is declared unprotected, has no company_id, or lives in another schema.',
  mend: 'Give the table a company_id and leave its policies to dbsvc, or compare with (select dbsvc.current_company()).',
  *statement({ statement }, model) {
    const policy = as(statement.node, 'CreatePolicyStmt')
    if (policy?.table === undefined) return
    const conditions = [policy.qual, policy.with_check]
    const setting = [...nodesIn(conditions, 'FuncCall')]
      .filter(({ funcname }) => lastNameOf(funcname) === 'current_setting')
      .map(({ args }) => literalOf(args?.[0]) ?? '')
      .find((name) => name.startsWith('app.'))
    if (setting === undefined || getsProof(model, policy.table)) return
    yield {
      message: `${policy.policy_name} on ${model.nameOf(policy.table)} trusts ${setting}, and no company_proof stands beside it`,
    }
  },
}

function getsProof(model: Model, table: RangeVar): boolean {
  const name = model.nameOf(table)
  if (model.exemptions.has(name) || name.includes('.')) return false
  const columns = model.find(table)?.columns
  return model.scope === 'tenant' || columns === undefined || columns.size === 0 || columns.has('company_id')
}

import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { as, lastNameOf } from '../tree.ts'

/** Restrictive policies on the signed context: what keeps companies and users apart. */
const proofs = new Set(['company_proof', 'user_update', 'user_delete'])

export const companyProofChanged: Rule = {
  id: 'company-proof-changed',
  severity: 'error',
  summary: 'A migration makes, changes or drops company_proof, user_update or user_delete.',
  why: 'These policies are what proves a company; dbsvc makes them itself. A weaker one of the same name can stay unnoticed, and a dropped one leaves the table open outside a transaction.',
  mend: 'Remove it: dbsvc adds the policies to every table and keeps them right.',
  directions: bothWays,
  *statement({ statement }) {
    for (const [verb, policy] of touched(statement.node)) {
      if (proofs.has(policy)) yield { message: `${policy} is ${verb}; it belongs to dbsvc` }
    }
  },
}

function touched(node: Node): [verb: string, policy: string][] {
  const drop = as(node, 'DropStmt')
  const rename = as(node, 'RenameStmt')
  if (drop?.removeType === 'OBJECT_POLICY') {
    return (drop.objects ?? []).map((object) => ['dropped', lastNameOf(as(object, 'List')?.items)])
  }
  if (rename?.renameType === 'OBJECT_POLICY') return [['renamed', rename.subname ?? '']]
  return [
    ['made by hand', as(node, 'CreatePolicyStmt')?.policy_name ?? ''],
    ['changed', as(node, 'AlterPolicyStmt')?.policy_name ?? ''],
  ]
}

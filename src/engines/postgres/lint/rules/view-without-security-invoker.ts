import type { Rule } from '../rule.ts'
import { allOf, as } from '../tree.ts'

export const viewWithoutSecurityInvoker: Rule = {
  id: 'view-without-security-invoker',
  severity: 'info',
  summary: 'A view does not say security_invoker.',
  why: "Without it a view reads with its owner's rights, past the company's policies. dbsvc sets it on every view; a file that says so means the same wherever it runs.",
  mend: 'CREATE VIEW <name> WITH (security_invoker = true) AS …',
  *statement({ statement }, model) {
    const view = as(statement.node, 'ViewStmt')
    if (view?.view === undefined) return
    if (allOf(view.options, 'DefElem').some(({ defname }) => defname === 'security_invoker')) return
    yield { message: `${model.nameOf(view.view)} does not say security_invoker = true` }
  },
}

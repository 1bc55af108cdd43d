import type { Node } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { allOf, alterations, as, lastNameOf, literalOf } from '../tree.ts'

export const securityInvokerOff: Rule = {
  id: 'security-invoker-off',
  severity: 'warning',
  summary: 'A view says security_invoker = false, or the option is reset.',
  why: "It would read with its owner's rights, past the company's policies. dbsvc sets the option again before the migration commits; outside a transaction the view is open until then.",
  mend: 'Say security_invoker = true, or leave it to dbsvc.',
  *statement({ statement }, model) {
    const view = as(statement.node, 'ViewStmt')
    if (view?.view !== undefined && optionOf(view.options) === 'off') {
      yield { message: `${model.nameOf(view.view)} reads with the rights of its owner` }
    }
    for (const { table, command } of alterations(statement, 'AT_SetRelOptions', 'AT_ResetRelOptions')) {
      const option = optionOf(as(command.def, 'List')?.items)
      if (option === 'off' || (option !== undefined && command.subtype === 'AT_ResetRelOptions')) {
        yield { message: `${model.nameOf(table)} reads with the rights of its owner` }
      }
    }
  },
}

/** Undefined where the options do not name it. */
function optionOf(options: readonly Node[] | undefined): 'on' | 'off' | undefined {
  const option = allOf(options, 'DefElem').find(({ defname }) => defname === 'security_invoker')
  if (option === undefined) return undefined
  // A bare word such as off is read as the name of a type.
  const value = literalOf(option.arg) ?? lastNameOf(as(option.arg, 'TypeName')?.names)
  return ['false', 'off', 'no', '0'].includes(value.toLowerCase()) ? 'off' : 'on'
}

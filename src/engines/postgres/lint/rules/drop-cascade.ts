import type { Rule } from '../rule.ts'
import { alterations, as } from '../tree.ts'

export const dropCascade: Rule = {
  id: 'drop-cascade',
  severity: 'warning',
  summary: 'DROP … CASCADE.',
  why: 'It takes along whatever depends on the object, on each target whatever that happens to be.',
  mend: 'Drop what depends on it by name; then a target that has something else fails and says so.',
  *statement({ statement }) {
    const dropped = as(statement.node, 'DropStmt')?.behavior
    const commands = [...alterations(statement, 'AT_DropColumn', 'AT_DropConstraint')]
    if (dropped === 'DROP_CASCADE' || commands.some(({ command }) => command.behavior === 'DROP_CASCADE')) {
      yield { message: 'CASCADE drops more than is named' }
    }
  },
}

import type { Statement } from './statement.ts'
import { as, lastNameOf, literalOf, nodesIn } from './tree.ts'

export interface SettingChange {
  /** `all` for RESET ALL, '' where it is no literal. */
  readonly name: string
  /** Null for the default; what is no literal is ''. */
  readonly value: string | null
  readonly local: boolean
}

/** The settings a statement changes for what follows: by SET, RESET, DISCARD ALL or a call of set_config. */
export function* settingChanges({ node }: Pick<Statement, 'node'>): Generator<SettingChange> {
  const set = as(node, 'VariableSetStmt')
  if (set !== undefined) {
    const value = set.kind === 'VAR_SET_VALUE' ? (literalOf(set.args?.[0]) ?? '') : null
    yield { name: set.kind === 'VAR_RESET_ALL' ? 'all' : (set.name ?? ''), value, local: set.is_local === true }
  }
  if (as(node, 'DiscardStmt')?.target === 'DISCARD_ALL') yield { name: 'all', value: null, local: false }
  for (const { funcname, args = [] } of nodesIn(as(node, 'SelectStmt'), 'FuncCall')) {
    if (lastNameOf(funcname) !== 'set_config') continue
    const [name = '', value = ''] = args.map(literalOf)
    yield { name: name.toLowerCase(), value, local: literalOf(args[2]) === 'true' }
  }
}

import { splitAtCommas } from '../structure/definition.ts'
import type { SqlStatement } from './statement.ts'
import { isName, isWord, nameIn, type Token } from './token.ts'

/** What one command of an ALTER TABLE works on. */
export interface AlterCommand {
  /** In capitals, such as `ADD`, `DROP`, `MODIFY`, `UPDATE`. */
  readonly action: string
  /** `COLUMN`, `INDEX`, `CONSTRAINT` or `PROJECTION`; '' for anything else. */
  readonly object: string
  readonly name: string
  /** What a RENAME makes of it; '' for every other command. */
  readonly newName: string
  /** Whether it has IF EXISTS or IF NOT EXISTS. */
  readonly conditional: boolean
  readonly tokens: readonly Token[]
  /** Of an ADD: what stands behind the name. */
  readonly definition: readonly Token[]
}

const objects = ['COLUMN', 'INDEX', 'CONSTRAINT', 'PROJECTION']

/** The commands of an ALTER TABLE, of which `from` is the index of the first token behind the table's name. */
export function alterCommands({ tokens }: SqlStatement, from: number): AlterCommand[] {
  const parts = splitAtCommas(tokens.slice(from))
  // `UPDATE a = 1, b = 2` is one command, and its second part begins with no action.
  const commands: Token[][] = []
  for (const part of parts) {
    const last = commands.at(-1)
    if (last !== undefined && !beginsCommand(part[0])) last.push(...part)
    else commands.push(part)
  }
  return commands.map(read)
}

const actions = [
  'ADD',
  'DROP',
  'MODIFY',
  'ALTER',
  'RENAME',
  'COMMENT',
  'CLEAR',
  'MATERIALIZE',
  'UPDATE',
  'DELETE',
  'RESET',
]
const partitionActions = ['DETACH', 'ATTACH', 'REPLACE', 'MOVE', 'FREEZE', 'UNFREEZE', 'FETCH', 'REMOVE', 'APPLY']

const beginsCommand = (token: Token | undefined): boolean => isWord(token, ...actions, ...partitionActions)

function read(tokens: readonly Token[]): AlterCommand {
  const action = tokens[0]?.text.toUpperCase() ?? ''
  const object = objects.find((word) => isWord(tokens[1], word)) ?? ''
  let at = object === '' ? 1 : 2
  const conditional = isWord(tokens[at], 'IF')
  while (conditional && isWord(tokens[at], 'IF', 'NOT', 'EXISTS')) at += 1
  const named = tokens[at]
  const newNamed = isWord(tokens[at + 1], 'TO') ? tokens[at + 2] : undefined
  return {
    action,
    object,
    name: named !== undefined && isName(named) ? nameIn(named) : '',
    newName: newNamed === undefined ? '' : nameIn(newNamed),
    conditional,
    tokens,
    definition: tokens.slice(at + 1),
  }
}

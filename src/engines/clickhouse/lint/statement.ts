import type { MigrationFile } from '../../../core/migration/file.ts'
import type { ProjectScope } from '../../../core/migration/scope.ts'
import type { Direction } from '../migration/compile.ts'
import { type AlterCommand, alterCommands } from '../sql/alter.ts'
import { type Head, readHead } from '../sql/head.ts'
import type { SqlStatement } from '../sql/statement.ts'
import { isWord, type Token } from '../sql/token.ts'
import { readTable, type TableDefinition } from './create-table.ts'

/** A statement as rules see it. */
export interface LintStatement {
  readonly sql: SqlStatement
  readonly head: Head
  /** Of a CREATE TABLE, and of a view that keeps rows of its own. */
  readonly table: TableDefinition | null
  /** Of a view: the tokens of its query. */
  readonly query: readonly Token[] | null
  /** Of an ALTER TABLE. */
  readonly commands: readonly AlterCommand[]
}

export interface LintMigration extends MigrationFile {
  readonly scope: ProjectScope
  readonly hasDown: boolean
}

export interface LintPlace {
  readonly migration: LintMigration
  readonly direction: Direction
}

export function readStatement(sql: SqlStatement): LintStatement {
  const head = readHead(sql.tokens)
  const isView = head.verb === 'CREATE' && head.kind.endsWith('VIEW')
  const as = sql.tokens.findIndex(
    (token, index) => isWord(token, 'AS') && isWord(sql.tokens[index + 1], 'SELECT', 'WITH'),
  )
  const isTable = head.verb === 'CREATE' && (head.kind === 'TABLE' || head.kind === 'MATERIALIZED VIEW')
  const table = isTable ? readTable(sql, head) : null
  return {
    sql,
    head,
    table: table !== null && (head.kind === 'TABLE' || table.engine !== '') ? table : null,
    query: isView && as !== -1 ? sql.tokens.slice(as + 1) : null,
    commands: head.verb === 'ALTER' && head.kind === 'TABLE' ? alterCommands(sql, head.rest) : [],
  }
}

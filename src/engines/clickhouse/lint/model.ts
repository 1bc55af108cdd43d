import type { ProjectScope } from '../../../core/migration/scope.ts'
import { isName, nameIn, type Token } from '../sql/token.ts'
import type { TableDefinition } from './create-table.ts'
import type { LintStatement } from './statement.ts'

/** What the migrations up to one of them have made. */
export class Model {
  readonly scope: ProjectScope
  readonly tables = new Map<string, TableDefinition>()
  /** The query of each view. */
  readonly views = new Map<string, readonly Token[]>()

  constructor(scope: ProjectScope) {
    this.scope = scope
  }

  apply({ head, table, query }: LintStatement): void {
    const [name, newName] = head.names.map((object) => object.name)
    if (name === undefined) return
    if (table !== null) this.tables.set(name, table)
    if (query !== null) this.views.set(name, query)
    if (head.verb === 'DROP' || head.verb === 'DETACH') {
      for (const dropped of head.names) this.#forget(dropped.name)
    }
    if (head.verb === 'RENAME' && newName !== undefined) {
      const renamed = this.tables.get(name)
      this.#forget(name)
      if (renamed !== undefined) this.tables.set(newName, renamed)
    }
  }

  #forget(name: string): void {
    this.tables.delete(name)
    this.views.delete(name)
  }

  /** The views whose query names this table and, where one is given, this column. */
  viewsOver(table: string, column?: string): string[] {
    const names = (query: readonly Token[], name: string): boolean =>
      query.some((token) => isName(token) && nameIn(token) === name)
    return [...this.views]
      .filter(([, query]) => names(query, table) && (column === undefined || names(query, column)))
      .map(([view]) => view)
  }
}

import type { RangeVar } from 'libpg-query'
import type { ProjectScope } from '../../../../core/migration/scope.ts'
import type { LintMigration, Origin } from '../statement.ts'
import type { TypeRef } from '../tree.ts'

export interface Column {
  readonly name: string
  type: TypeRef
  notNull: boolean
}

export type ConstraintKind = 'primary' | 'unique' | 'foreign' | 'check' | 'not null' | 'exclude'

export interface TableConstraint {
  readonly kind: ConstraintKind
  readonly name: string
  readonly columns: readonly string[]
  /** Columns that a check or not-null constraint keeps from being null. */
  readonly notNull: readonly string[]
  /** The table a foreign key points to. */
  readonly references: string | null
  /** False after NOT VALID. */
  valid: boolean
  readonly origin: Origin
  /** In bytes of the step. */
  readonly at: number | undefined
}

export interface Index {
  readonly name: string
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  /** The columns that have to be not null for a row to be in a partial index; null where its condition says more than that. */
  readonly onlyNotNull: readonly string[] | null
  readonly origin: Origin
}

export type RelationKind = 'table' | 'view' | 'materialized view'

export interface Relation {
  name: string
  readonly kind: RelationKind
  /** Name of the migration that made it. */
  readonly createdIn: string
  /** The statement that made it. */
  readonly origin: Origin
  readonly columns: Map<string, Column>
  constraints: TableConstraint[]
  indexes: Index[]
  readonly policies: Set<string>
}

/** What the migrations read so far have made in one scope; tables that they did not make are not in it. */
export class Model {
  readonly scope: ProjectScope
  /** Schemas whose names a company's migration may use in full. */
  readonly searchPath: readonly string[]
  readonly relations = new Map<string, Relation>()
  /** The migration that made each enumerated type. */
  readonly enums = new Map<string, string>()
  /** Volatility by name of the functions that migrations made. */
  readonly functions = new Map<string, string>()
  /** Tables declared as unprotected. */
  readonly exemptions = new Set<string>()

  constructor(scope: ProjectScope, searchPath: readonly string[] = []) {
    this.scope = scope
    this.searchPath = searchPath
  }

  /** A relation's name, without the schema that the scope lives in. */
  nameOf({ schemaname, relname = '' }: RangeVar): string {
    const isHome = schemaname === undefined || (this.scope === 'shared' && schemaname === 'public')
    return isHome ? relname : `${schemaname}.${relname}`
  }

  find(relation: RangeVar | undefined): Relation | undefined {
    return relation === undefined ? undefined : this.relations.get(this.nameOf(relation))
  }

  /** Whether others may be using the relation: it was there before this migration. */
  isExisting(relation: RangeVar | undefined, migration: LintMigration): boolean {
    return relation !== undefined && this.find(relation)?.createdIn !== migration.name
  }

  findIndex(name: string): { readonly relation: Relation; readonly index: Index } | undefined {
    for (const relation of this.relations.values()) {
      const index = relation.indexes.find((candidate) => candidate.name === name)
      if (index !== undefined) return { relation, index }
    }
    return undefined
  }
}

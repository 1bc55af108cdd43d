import type { AlterTableType } from 'libpg-query'
import type { Rule } from '../rule.ts'
import { allOf, alterations, as } from '../tree.ts'

const commands: Partial<Record<AlterTableType, string>> = {
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetAccessMethod: 'SET ACCESS METHOD',
  AT_SetTableSpace: 'SET TABLESPACE',
}

export const tableRewrite: Rule = {
  id: 'table-rewrite',
  severity: 'error',
  summary: 'CLUSTER, VACUUM FULL or another command that copies a whole existing table.',
  why: 'The table is copied while nobody can read it, for as long as that takes.',
  mend: 'Copy into a new table in batches and change over, or use pg_repack in a maintenance window.',
  *statement({ statement, migration }, model) {
    for (const { table, command } of alterations(statement, ...(Object.keys(commands) as AlterTableType[]))) {
      const name = commands[command.subtype ?? 'AT_AddColumn']
      if (model.isExisting(table, migration)) yield { message: `${name} copies ${model.nameOf(table)}` }
    }
    if (as(statement.node, 'ClusterStmt') !== undefined) yield { message: 'CLUSTER copies the table' }
    const options = allOf(as(statement.node, 'VacuumStmt')?.options, 'DefElem')
    if (options.some(({ defname }) => defname === 'full')) yield { message: 'VACUUM FULL copies the table' }
  },
}

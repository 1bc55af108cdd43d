import type { Rule } from '../rule.ts'
import { bothWays } from '../rule.ts'
import { as } from '../tree.ts'

export const schemaChange: Rule = {
  id: 'schema-change',
  severity: 'error',
  summary: 'ALTER … SET SCHEMA.',
  why: "What leaves its schema leaves dbsvc's care: it is no longer brought under row security, and no longer dropped with its company.",
  mend: 'Leave it where it is; what must not be reached is protected by having no grants.',
  directions: bothWays,
  *statement({ statement }) {
    const schema = as(statement.node, 'AlterObjectSchemaStmt')?.newschema
    if (schema !== undefined) yield { message: `something is moved to the schema ${schema}` }
  },
}

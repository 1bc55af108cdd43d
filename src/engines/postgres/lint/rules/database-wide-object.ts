import type { Rule } from '../rule.ts'
import type { NodeKind } from '../tree.ts'

const kinds: Partial<Record<NodeKind, string>> = {
  CreateExtensionStmt: 'an extension',
  CreateSchemaStmt: 'a schema',
  CreateEventTrigStmt: 'an event trigger',
  CreatePublicationStmt: 'a publication',
  CreateSubscriptionStmt: 'a subscription',
  CreateFdwStmt: 'a foreign data wrapper',
  CreateForeignServerStmt: 'a foreign server',
  CreatePLangStmt: 'a language',
  CreateCastStmt: 'a cast',
  CreatedbStmt: 'a database',
  CreateTableSpaceStmt: 'a tablespace',
}

export const databaseWideObject: Rule = {
  id: 'database-wide-object',
  severity: 'error',
  scopes: ['tenant'],
  summary: "CREATE EXTENSION, or another object of the whole database, in a company's migration.",
  why: 'A database has one of it for all companies: the second company fails, or finds it in the schema of the first, which takes it along when it is dropped.',
  mend: 'Make it once, in a shared migration or by an administrator, and put its schema into migrations.searchPath.',
  *statement({ statement }) {
    for (const kind of Object.keys(statement.node)) {
      const what = kinds[kind as NodeKind]
      if (what !== undefined) yield { message: `${what} belongs to the whole database, not to one company` }
    }
  },
}

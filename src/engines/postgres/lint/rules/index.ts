import type { Rule } from '../rule.ts'
import { addRequiredColumn } from './add-required-column.ts'
import { asksDatabase } from './asks-database.ts'
import { charType } from './char-type.ts'
import { checkNotValid } from './check-not-valid.ts'
import { columnTypeRewrite } from './column-type-rewrite.ts'
import { companyProofChanged } from './company-proof-changed.ts'
import { databaseWideObject } from './database-wide-object.ts'
import { dmlWithoutWhere } from './dml-without-where.ts'
import { doBlock } from './do-block.ts'
import { dropCascade } from './drop-cascade.ts'
import { dropColumn } from './drop-column.ts'
import { dropIndexNotConcurrent } from './drop-index-not-concurrent.ts'
import { dropTable } from './drop-table.ts'
import { dropView } from './drop-view.ts'
import { enumValueInTransaction } from './enum-value-in-transaction.ts'
import { foreignKeyNotValid } from './foreign-key-not-valid.ts'
import { foreignKeyWithoutCompany } from './foreign-key-without-company.ts'
import { grantBeyondData } from './grant-beyond-data.ts'
import { grantOnSequence } from './grant-on-sequence.ts'
import { grantToPublic } from './grant-to-public.ts'
import { gucPolicyWithoutProof } from './guc-policy-without-proof.ts'
import { indexNotConcurrent } from './index-not-concurrent.ts'
import { inexactMoney } from './inexact-money.ts'
import { integerKey } from './integer-key.ts'
import { irreversible } from './irreversible.ts'
import { jsonType } from './json-type.ts'
import { keyWithoutCompany } from './key-without-company.ts'
import { lockTable } from './lock-table.ts'
import { lockTimeoutOff } from './lock-timeout-off.ts'
import { materializedView } from './materialized-view.ts'
import { materializedViewGrant } from './materialized-view-grant.ts'
import { needsNoTransaction } from './needs-no-transaction.ts'
import { neverValidated } from './never-validated.ts'
import { ownerChange } from './owner-change.ts'
import { policyWithoutCheck } from './policy-without-check.ts'
import { qualifiedName } from './qualified-name.ts'
import { renameColumn } from './rename-column.ts'
import { renameTable } from './rename-table.ts'
import { roleChange } from './role-change.ts'
import { roleStatement } from './role-statement.ts'
import { rowSecurityOff } from './row-security-off.ts'
import { schemaChange } from './schema-change.ts'
import { searchPathChange } from './search-path-change.ts'
import { securityDefinerSearchPath } from './security-definer-search-path.ts'
import { securityInvokerOff } from './security-invoker-off.ts'
import { serialColumn } from './serial-column.ts'
import { sessionSetting } from './session-setting.ts'
import { setNotNull } from './set-not-null.ts'
import { suppressionWithoutReason } from './suppression-without-reason.ts'
import { syntaxError } from './syntax-error.ts'
import { tableRewrite } from './table-rewrite.ts'
import { tableWithoutCompany } from './table-without-company.ts'
import { temporaryTable } from './temporary-table.ts'
import { timestampWithoutTimeZone } from './timestamp-without-time-zone.ts'
import { transactionControl } from './transaction-control.ts'
import { truncate } from './truncate.ts'
import { unindexedForeignKey } from './unindexed-foreign-key.ts'
import { uniqueWithoutIndex } from './unique-without-index.ts'
import { unprotectedMissingTable } from './unprotected-missing-table.ts'
import { unusedSuppression } from './unused-suppression.ts'
import { validateInSameTransaction } from './validate-in-same-transaction.ts'
import { viewWithoutSecurityInvoker } from './view-without-security-invoker.ts'
import { volatileDefault } from './volatile-default.ts'

/** Every rule, by id. docs/lint.md has a section for each; `npm run check` fails for one without. */
export const rules: readonly Rule[] = [
  addRequiredColumn,
  asksDatabase,
  charType,
  checkNotValid,
  columnTypeRewrite,
  companyProofChanged,
  databaseWideObject,
  dmlWithoutWhere,
  doBlock,
  dropCascade,
  dropColumn,
  dropIndexNotConcurrent,
  dropTable,
  dropView,
  enumValueInTransaction,
  foreignKeyNotValid,
  foreignKeyWithoutCompany,
  grantBeyondData,
  grantOnSequence,
  grantToPublic,
  gucPolicyWithoutProof,
  indexNotConcurrent,
  inexactMoney,
  integerKey,
  irreversible,
  jsonType,
  keyWithoutCompany,
  lockTable,
  lockTimeoutOff,
  materializedViewGrant,
  materializedView,
  needsNoTransaction,
  neverValidated,
  ownerChange,
  policyWithoutCheck,
  qualifiedName,
  renameColumn,
  renameTable,
  roleChange,
  roleStatement,
  rowSecurityOff,
  schemaChange,
  searchPathChange,
  securityDefinerSearchPath,
  securityInvokerOff,
  serialColumn,
  sessionSetting,
  setNotNull,
  suppressionWithoutReason,
  syntaxError,
  tableRewrite,
  tableWithoutCompany,
  temporaryTable,
  timestampWithoutTimeZone,
  transactionControl,
  truncate,
  unindexedForeignKey,
  uniqueWithoutIndex,
  unprotectedMissingTable,
  unusedSuppression,
  validateInSameTransaction,
  viewWithoutSecurityInvoker,
  volatileDefault,
]

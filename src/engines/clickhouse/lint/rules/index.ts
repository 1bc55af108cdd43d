import type { Rule } from '../rule.ts'
import { accessStatement } from './access-statement.ts'
import { createAsSelect } from './create-as-select.ts'
import { dropColumnInUse } from './drop-column-in-use.ts'
import { eventTableWithoutPartition } from './event-table-without-partition.ts'
import { eventTableWithoutTtl } from './event-table-without-ttl.ts'
import { inexactMoney } from './inexact-money.ts'
import { insertNotRemembered } from './insert-not-remembered.ts'
import { irreversible } from './irreversible.ts'
import { keyWithoutCompany } from './key-without-company.ts'
import { mutationOfEverything } from './mutation-of-everything.ts'
import { nullableKey } from './nullable-key.ts'
import { qualifiedName } from './qualified-name.ts'
import { replicatedEngine } from './replicated-engine.ts'
import { suppressionWithoutReason } from './suppression-without-reason.ts'
import { syntaxError } from './syntax-error.ts'
import { tableFunction } from './table-function.ts'
import { tableWithoutKey } from './table-without-key.ts'
import { unusedSuppression } from './unused-suppression.ts'
import { viewCountsTwice } from './view-counts-twice.ts'

/** Every rule for ClickHouse, in the order they are listed. */
export const clickhouseRules: readonly Rule[] = [
  accessStatement,
  createAsSelect,
  dropColumnInUse,
  eventTableWithoutPartition,
  eventTableWithoutTtl,
  inexactMoney,
  insertNotRemembered,
  irreversible,
  keyWithoutCompany,
  mutationOfEverything,
  nullableKey,
  qualifiedName,
  replicatedEngine,
  suppressionWithoutReason,
  syntaxError,
  tableFunction,
  tableWithoutKey,
  unusedSuppression,
  viewCountsTwice,
]

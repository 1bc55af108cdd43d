import type { Rule } from '../rule.ts'
import { collectionWithoutSchema } from './collection-without-schema.ts'
import { dropCollection } from './drop-collection.ts'
import { dropInGraph } from './drop-in-graph.ts'
import { edgeInNoGraph } from './edge-in-no-graph.ts'
import { foregroundIndex } from './foreground-index.ts'
import { incompleteDown } from './incomplete-down.ts'
import { irreversible } from './irreversible.ts'
import { malformed } from './malformed.ts'
import { schemaOnExisting } from './schema-on-existing.ts'
import { sharedWithoutCompany } from './shared-without-company.ts'
import { ttlOnExisting } from './ttl-on-existing.ts'
import { uniqueOnExisting } from './unique-on-existing.ts'
import { uniqueWithoutCompany } from './unique-without-company.ts'
import { unusedAllowance } from './unused-allowance.ts'

/** Every rule for ArangoDB, by id; docs/arango.md lists them. */
export const rules: readonly Rule[] = [
  collectionWithoutSchema,
  dropCollection,
  dropInGraph,
  edgeInNoGraph,
  foregroundIndex,
  incompleteDown,
  irreversible,
  malformed,
  schemaOnExisting,
  sharedWithoutCompany,
  ttlOnExisting,
  uniqueOnExisting,
  uniqueWithoutCompany,
  unusedAllowance,
]

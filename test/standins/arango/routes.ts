import type { Route } from './router.ts'
import { administration } from './routes/administration.ts'
import { analyzers } from './routes/analyzers.ts'
import { authentication } from './routes/authentication.ts'
import { collections } from './routes/collections.ts'
import { cursors } from './routes/cursors.ts'
import { databases } from './routes/databases.ts'
import { documentBatches } from './routes/document-batches.ts'
import { singleDocuments } from './routes/documents.ts'
import { graphEdges } from './routes/graph-edges.ts'
import { graphVertices } from './routes/graph-vertices.ts'
import { graphs } from './routes/graphs.ts'
import { indexes } from './routes/indexes.ts'
import { permissions } from './routes/permissions.ts'
import { transactions } from './routes/transactions.ts'
import { users } from './routes/users.ts'
import { views } from './routes/views.ts'

/** Everything that the stand-in answers; the rest is answered with 501. */
export const routes: readonly Route[] = [
  ...administration,
  ...analyzers,
  ...authentication,
  ...collections,
  ...cursors,
  ...databases,
  ...documentBatches,
  ...graphEdges,
  ...graphVertices,
  ...graphs,
  ...indexes,
  ...permissions,
  ...singleDocuments,
  ...transactions,
  ...users,
  ...views,
]

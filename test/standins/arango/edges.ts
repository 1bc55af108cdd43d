import { connectedCollections, type Graph } from './graph.ts'
import type { Document } from './json.ts'
import type { Session } from './session.ts'

/** Removes the edges that begin or end in the vertex, of every graph that its collection is part of. */
export function removeEdgesOf(session: Session, vertex: Document, collection: string): void {
  const graphs = [...session.database.graphs.values()].filter((graph) =>
    connectedCollections(graph).includes(collection),
  )
  for (const name of edgeCollections(graphs)) {
    const edges = session.write(name)
    const keys = (['outbound', 'inbound'] as const).flatMap((direction) =>
      edges.edgesOf(vertex._id, direction).map(({ _key }) => _key),
    )
    for (const key of new Set(keys)) session.set(edges, key, null)
  }
}

function edgeCollections(graphs: readonly Graph[]): Set<string> {
  return new Set(graphs.flatMap(({ edgeDefinitions }) => edgeDefinitions.map(({ collection }) => collection)))
}

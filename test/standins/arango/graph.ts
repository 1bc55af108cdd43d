export interface EdgeDefinition {
  readonly collection: string
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export interface Graph {
  readonly name: string
  edgeDefinitions: readonly EdgeDefinition[]
  orphanCollections: readonly string[]
}

/** The collections that the edges of a graph begin and end in, without its orphans. */
export function connectedCollections({ edgeDefinitions }: Pick<Graph, 'edgeDefinitions'>): string[] {
  return [...new Set(edgeDefinitions.flatMap(({ from, to }) => [...from, ...to]))].sort()
}

export function vertexCollections(graph: Graph): string[] {
  return [...new Set([...connectedCollections(graph), ...graph.orphanCollections])].sort()
}

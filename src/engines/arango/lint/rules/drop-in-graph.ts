import { collectionsOf } from '../../migration/objects/graph.ts'
import type { Rule } from '../rule.ts'

export const dropInGraph: Rule = {
  id: 'drop-in-graph',
  severity: 'error',
  summary: 'A collection is dropped that is still part of a graph.',
  why: 'dbsvc refuses it on every company (DBS-1107): the graph would name what is not there.',
  mend: 'Drop the graph first, and define it again without the collection.',
  *operation({ defined: { operation } }, { graphs }) {
    if (operation.name !== 'dropCollection') return
    const { name } = operation.asked
    for (const graph of graphs.values()) {
      if (collectionsOf(graph).includes(name)) yield { message: `${name} is part of graph ${graph.name}` }
    }
  },
}

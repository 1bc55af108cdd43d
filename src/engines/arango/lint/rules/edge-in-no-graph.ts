import { collectionsOf } from '../../migration/objects/graph.ts'
import type { Rule } from '../rule.ts'

export const edgeInNoGraph: Rule = {
  id: 'edge-in-no-graph',
  severity: 'warning',
  summary: 'An edge collection is part of no graph.',
  why: 'Only a graph says which vertices its edges connect: outside of one a removed vertex leaves edges that lead nowhere, and any document can be an end.',
  mend: 'Define a named graph with it.',
  *scope({ collections, graphs }) {
    const used = new Set([...graphs.values()].flatMap(collectionsOf))
    for (const { asked, madeAt } of collections.values()) {
      if (asked.type === 'edge' && !used.has(asked.name))
        yield { message: `${asked.name} is part of no graph`, at: madeAt }
    }
  },
}

import type { Ask } from '../ask.ts'
import { counted, followsPerPerson, type Sizes } from '../sizes.ts'
import type { Target } from '../target.ts'
import type { TargetsWorld } from '../world.ts'

const traversal = `for vertex, edge, path in 1..2 outbound @start graph "user_network"
  options { order: "bfs" } limit 100 return { vertex, edge, depth: length(path.edges) }`

/** Whom a person follows, and whom those follow. */
export function graphTarget({ clients, companies }: TargetsWorld, ask: Ask, { persons }: Sizes): Target {
  const [company = ''] = companies
  const database = clients.arango(company)
  const startOf = (turn: number): string => `users/u${turn % persons}`
  return {
    name: 'd_traversal',
    wanted: 'category D, traversal of depth 2',
    atMostMs: 200,
    engine: 'arango',
    isStandIn: true,
    data: `${counted(persons)} persons who follow ${followsPerPerson} others each`,
    floor: 'arangojs, the same AQL',
    ask: {
      async dbsvc(turn) {
        const message = { start_vertex: startOf(turn), graph: 'user_network', min_depth: 1, max_depth: 2, limit: 100 }
        return (await ask<{ results: readonly unknown[] }>(company, '/v1/graph/traverse', message)).results
      },
      direct: async (turn) => (await database.query<unknown>(traversal, { start: startOf(turn) })).all(),
    },
  }
}

import { LRUCache } from 'lru-cache'
import type { Surroundings } from '../../engines/postgres/guard/surroundings.ts'

type Shape = Omit<Surroundings, 'company'>

const mostShapes = 200

/** Companies of one version may name the same: what that is, thousands of them keep once. */
export function createSharing(): (surroundings: Surroundings) => Surroundings {
  const shapes = new LRUCache<string, Shape>({ max: mostShapes })
  return ({ company, ...shape }) => {
    const key = JSON.stringify([...shape.own, '', ...shape.shared, '', ...shape.functions])
    const known = shapes.get(key) ?? shape
    shapes.set(key, known)
    return { company, ...known }
  }
}

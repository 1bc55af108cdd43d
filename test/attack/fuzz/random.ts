import { seededRandom } from '../../support/seeded-random.ts'

/** Numbers that follow from a seed, so that a failure can be had again. */
export interface Random {
  /** From 0 to below `limit`. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  /** So many, each made by itself. */
  many<Item>(least: number, most: number, make: (index: number) => Item): Item[]
}

export function createRandom(seed: number): Random {
  const next = seededRandom(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    pick<Item>(items: readonly Item[]): Item {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
    many: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, (_, index) => make(index)),
  }
}

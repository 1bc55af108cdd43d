import { seededRandom } from '../../support/seeded-random.ts'

/** Chance that is the same for the same seed. */
export interface Random {
  /** A whole number of 0 up to, and without, `below`. */
  below(below: number): number
  one<Item>(items: readonly Item[]): Item
  /** Whether a thing of this probability happens. */
  happens(probability: number): boolean
}

export function createRandom(seed: number): Random {
  const next = seededRandom(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    one: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item,
    happens: (probability) => next() < probability,
  }
}

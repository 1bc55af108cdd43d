import { seededRandom } from '../../../support/seeded-random.ts'

/** Choices that are the same for the same seed. */
export interface Random {
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number
  chance(probability: number): boolean
  /** One of them; there must be one. */
  pick<Choice>(choices: readonly Choice[]): Choice
  /** At least one of them, in their order; all of them at most. */
  some<Choice>(choices: readonly Choice[]): Choice[]
}

export function randomOf(seed: number): Random {
  const next = seededRandom(seed)
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  const pick = <Choice>(choices: readonly Choice[]): Choice => {
    const choice = choices[integer(0, choices.length - 1)]
    if (choice === undefined) throw new Error('nothing to pick from')
    return choice
  }
  return {
    integer,
    chance: (probability) => next() < probability,
    pick,
    some(choices) {
      const chosen = choices.filter(() => next() < 0.5)
      return chosen.length > 0 ? chosen : [pick(choices)]
    },
  }
}

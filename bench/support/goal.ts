import { round } from './median.ts'
import { table } from './table.ts'

/** A figure, and what it may be at most. */
export interface Goal {
  readonly name: string
  readonly value: number
  readonly atMost: number
}

const met = ({ value, atMost }: Goal): boolean => value <= atMost

/** For the JSON document. */
export function goalsDocument(goals: readonly Goal[]): object {
  return Object.fromEntries(
    goals.map((goal) => [goal.name, { value: round(goal.value), at_most: goal.atMost, met: met(goal) }]),
  )
}

/** The same for people. */
export function goalLines(goals: readonly Goal[]): string[] {
  const rows = goals.map((goal) => [goal.name, round(goal.value), goal.atMost, met(goal) ? 'met' : 'NOT MET'] as const)
  return table(['goal', 'value', 'at most', ''], rows)
}

export const sides = ['dbsvc', 'direct'] as const

/** Through `dbsvc serve`, or with the engine's own client. */
export type Side = (typeof sides)[number]

/** One of the specification's targets, and how it is asked for on either side. */
export interface Target {
  readonly name: string
  /** What the specification wants to be this fast. */
  readonly wanted: string
  /** Milliseconds of the whole response, as the caller sees it. */
  readonly atMostMs: number
  readonly engine: string
  /** What it finds tells nothing of a real engine. */
  readonly isStandIn: boolean
  /** What is there. */
  readonly data: string
  /** How the engine is asked directly. */
  readonly floor: string
  /** Both sides ask for the same in the same turn. @returns the rows, in one form on both sides */
  readonly ask: Readonly<Record<Side, (turn: number) => Promise<readonly unknown[]>>>
  /** Of a write: what the first turns of a side have left in the engines, in order and without what tells the sides apart. */
  readonly readBack?: (side: Side, turns: number) => Promise<readonly unknown[]>
}

/** A target that cannot be measured here. */
export interface Skipped {
  readonly name: string
  readonly wanted: string
  readonly atMostMs: number
  /** What makes it measurable. */
  readonly remedy: string
}

export const isSkipped = (target: Target | Skipped): target is Skipped => 'remedy' in target

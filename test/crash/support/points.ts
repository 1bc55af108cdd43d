import type { Phase } from '../../support/wire-proxy.ts'

/** What happens to a run: SIGKILL, SIGINT, or the network gone. */
export type Blow = 'kill' | 'interrupt' | 'cut'

/** When and how a run is interrupted: at a request to the server, or at an instant, in milliseconds from its start. */
export type Point =
  | { readonly blow: Blow; readonly request: number; readonly phase: Phase }
  | { readonly blow: Blow; readonly afterMs: number }

export const nameOf = (point: Point): string =>
  'request' in point
    ? `${point.blow} ${point.phase} request ${point.request}`
    : `${point.blow} after ${point.afterMs} ms`

const strikes: readonly { blow: Blow; phase: Phase }[] = [
  { blow: 'kill', phase: 'before' },
  { blow: 'kill', phase: 'during' },
  { blow: 'kill', phase: 'after' },
  { blow: 'cut', phase: 'during' },
  { blow: 'cut', phase: 'after' },
  { blow: 'interrupt', phase: 'before' },
]

/** Every point of a run that makes so many requests, and `instants` random ones within its duration. */
export function enumeratePoints(requests: number, durationMs: number, instants: number, random: () => number): Point[] {
  const atRequests = Array.from({ length: requests }, (_, index) =>
    strikes.map((strike): Point => ({ ...strike, request: index + 1 })),
  ).flat()
  const atInstants = Array.from(
    { length: instants },
    (): Point => ({ blow: 'kill', afterMs: Math.floor(random() * durationMs) }),
  )
  return [...atRequests, ...atInstants]
}

/** `count` points spread over the whole run, each drawn from its own part of it; all of them when there are no more. */
export function drawPoints<Item>(points: readonly Item[], count: number, random: () => number): Item[] {
  if (points.length <= count) return [...points]
  return Array.from({ length: count }, (_, part) => {
    const from = Math.floor((part * points.length) / count)
    const to = Math.floor(((part + 1) * points.length) / count)
    return points[from + Math.floor(random() * (to - from))]
  }).filter((point) => point !== undefined)
}

/** A day on which the fast average crossed the slow one. */
export interface Crossover {
  readonly index: number
  readonly side: 'buy' | 'sell'
  readonly fast: number
  readonly slow: number
}

/** Crossings of two simple moving averages over closing prices; `fast` and `slow` are in days. */
export function findCrossovers(closes: readonly number[], fast: number, slow: number): Crossover[] {
  const found: Crossover[] = []
  const fastAverage = movingAverage(closes, fast)
  const slowAverage = movingAverage(closes, slow)
  for (let index = slow; index < closes.length; index++) {
    const now = difference(fastAverage[index], slowAverage[index])
    const before = difference(fastAverage[index - 1], slowAverage[index - 1])
    if (now === undefined || before === undefined || now > 0 === before > 0) continue
    found.push({ index, side: now > 0 ? 'buy' : 'sell', fast: fastAverage[index] ?? 0, slow: slowAverage[index] ?? 0 })
  }
  return found
}

const difference = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b

function movingAverage(values: readonly number[], days: number): (number | undefined)[] {
  let sum = 0
  return values.map((value, index) => {
    sum += value - (index >= days ? (values[index - days] ?? 0) : 0)
    return index >= days - 1 ? sum / days : undefined
  })
}

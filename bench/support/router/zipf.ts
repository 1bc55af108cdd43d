/** Picks an index below `count` by Zipf's law with exponent 1: the second is half as frequent as the first. */
export function zipfOf(count: number): (random: () => number) => number {
  const sums: number[] = []
  let total = 0
  for (let rank = 1; rank <= count; rank += 1) {
    total += 1 / rank
    sums.push(total)
  }
  return (random) => {
    const wanted = random() * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? total) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

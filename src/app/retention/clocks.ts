/** How far apart the clocks of this machine and of the server may be without a word, in ms. */
const mostMs = 60_000

/** What is to be said of clocks that disagree; undefined when they do not. `offsetMs` is the server's minus this machine's. */
export function describeSkew(offsetMs: number): string | undefined {
  if (Math.abs(offsetMs) <= mostMs) return undefined
  const seconds = Math.round(Math.abs(offsetMs) / 1_000)
  const behind = offsetMs > 0 ? "this machine's clock is" : "the server's clock is"
  return `${behind} ${seconds} s behind the other; what is too old to be kept is counted by it`
}

/** What differs of two states, both ways. */
export function difference(found: object, wanted: object): string {
  const lines = (state: object): string[] =>
    Object.entries(state).flatMap(([part, value]) =>
      Object.entries(value as object).map(
        ([key, entry]) => `${part} ${Array.isArray(value) ? '' : key} ${JSON.stringify(entry)}`,
      ),
    )
  const [ours, theirs] = [lines(found), lines(wanted)]
  const only = (some: string[], others: string[], sign: string): string[] =>
    some.filter((line) => !others.includes(line)).map((line) => `${sign} ${line}`)
  return [...only(ours, theirs, 'has'), ...only(theirs, ours, 'lacks')].slice(0, 20).join('\n')
}

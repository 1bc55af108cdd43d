/** The `height` of them that have the lowest ranks, in the order they had. */
export function rowsThatFit<Ranked extends { readonly rank: number }>(
  rows: readonly Ranked[],
  height: number,
): readonly Ranked[] {
  const kept = new Set(rows.toSorted((one, other) => one.rank - other.rank).slice(0, height))
  return rows.filter((row) => kept.has(row))
}

const widest = 30
const narrowest = 6

/** Of a bar that has this much room; 0 where a bar would tell nothing. */
export function barWidth(room: number): number {
  return room < narrowest ? 0 : Math.min(room, widest)
}

/** What is done, what failed, and what is to come, to scale. */
export function bar(
  { done, failed, targets }: { readonly done: number; readonly failed: number; readonly targets: number },
  width: number,
): string {
  if (width === 0 || targets === 0) return '░'.repeat(width)
  const cells = (count: number): number => Math.min(1, count / targets) * width
  // A failure is seen, however few there are among many.
  const broken = failed === 0 ? 0 : Math.max(1, Math.round(cells(failed)))
  const whole = Math.max(0, Math.floor(cells(done + failed)) - broken)
  return '█'.repeat(whole) + '▒'.repeat(broken) + '░'.repeat(width - whole - broken)
}

import type { Terminal } from '../terminal.ts'

/** Whether somebody looks at it who can be shown a picture that changes. */
export function canDraw(
  { columns, rows }: Terminal,
  { CI, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  const inCI = CI !== undefined && !['', '0', 'false'].includes(CI)
  return !inCI && TERM !== 'dumb' && columns > 0 && rows > 0
}

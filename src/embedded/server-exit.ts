/** How a server ended: its exit code, or the signal that killed it. */
export interface ServerExit {
  readonly exitCode: number | null
  readonly signal: string | null
}

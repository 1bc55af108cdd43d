import type { HandlerContext } from '@connectrpc/connect'

/** The time a request may take, in milliseconds: what its message asks for, and no more than its deadline leaves. */
export function timeLeft(askedMs: number | null, context: HandlerContext): number | null {
  const deadlineMs = context.timeoutMs()
  if (deadlineMs === undefined) return askedMs
  return Math.min(askedMs ?? deadlineMs, Math.max(1, Math.ceil(deadlineMs)))
}

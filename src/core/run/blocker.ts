/** A session that holds a lock which a run waits for. */
export interface Blocker {
  /** Of its backend. */
  readonly pid: number
  /** `application_name`, or '' where it has none. */
  readonly application: string
  readonly user: string
  /** Whose schema the awaited lock is in; null for anything else. */
  readonly company: string | null
  /** Age of its transaction. */
  readonly ageMs: number
  /** What it runs, or ran last, cut at 200 characters. */
  readonly statement: string
}

export function describeBlocker({ pid, application, user, company, ageMs, statement }: Blocker): string {
  const who = application === '' ? user : `${user}, ${application}`
  const where = company === null ? '' : ` on ${company}`
  return `backend ${pid} (${who})${where}, in a transaction for ${Math.round(ageMs / 1000)} s: ${statement.replaceAll(/\s+/g, ' ')}`
}

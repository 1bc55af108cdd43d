import type { Verb } from '../auth/identity.ts'
import type { KnownCompany } from '../context/request-context.ts'

/** What the guard found a statement to be. */
export interface Verdict {
  /** Of the statement itself: a SELECT that takes row locks writes. */
  readonly verb: Verb
  /** Relations it names, such as `users` or `public.market_data`, which tag cached responses. */
  readonly reads: readonly string[]
  /** Empty of a write whose relations are not known. */
  readonly writes: readonly string[]
  /** Whether its result depends on its text, parameters and rows alone, so that it may be cached. */
  readonly cacheable: boolean
}

/** Refuses statements that could disturb others, or reach for what is not the company's. */
export interface Guard {
  /** @throws DBS-2201 malformed, DBS-2202 refused, DBS-2203 a writing statement where only reading is allowed */
  judge(text: string, allowed: Verb, company: KnownCompany): Promise<Verdict> | Verdict
  counts(): GuardCounts
}

/** Of the verdicts that are kept. */
export interface GuardCounts {
  /** Since the start. */
  readonly hits: number
  readonly misses: number
  readonly entries: number
  readonly bytes: number
}

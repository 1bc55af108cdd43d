import { setTimeout as pause } from 'node:timers/promises'

/** Holds companies to their number of keys by what was counted, and what this router has made and removed since. */
export interface KeyBudget {
  /** Whether the company may make another key, as far as is known: who was never counted may. */
  hasRoom(company: string, budget: number): Promise<boolean>
  /** Keys that were made; fewer than 0 where some were removed. */
  note(company: string, keys: number): void
}

export interface KeyBudgetOptions {
  readonly count: (company: string, budget: number) => Promise<number>
  /** In milliseconds. */
  readonly now: () => number
}

interface Known {
  /** Null before the first count. */
  counted: number | null
  /** Since the last count began. */
  made: number
  countableAt: number
  counting: Promise<void> | undefined
}

// A request waits so long for a count, which most often takes a few milliseconds.
const patienceMs = 250
const leastPauseMs = 1_000
// Counting goes through the keys of all companies: it takes a twentieth of the time at most for each.
const pausePerCount = 20
const mostCompanies = 10_000

export function createKeyBudget({ count, now }: KeyBudgetOptions): KeyBudget {
  // The one used longest ago comes first.
  const companies = new Map<string, Known>()
  let line: Promise<unknown> = Promise.resolve()

  const find = (company: string): Known => {
    const found = companies.get(company) ?? { counted: null, made: 0, countableAt: 0, counting: undefined }
    companies.delete(company)
    companies.set(company, found)
    const [oldest] = companies.keys()
    if (companies.size > mostCompanies && oldest !== undefined) companies.delete(oldest)
    return found
  }

  const countOnce = async (known: Known, company: string, budget: number): Promise<void> => {
    const startedAt = now()
    const madeBefore = known.made
    try {
      known.counted = await count(company, budget)
      known.made -= madeBefore
    } catch {
      // What cannot be counted is left at what is known.
    }
    known.countableAt = now() + Math.max(leastPauseMs, pausePerCount * (now() - startedAt))
    known.counting = undefined
  }

  /** One company at a time. */
  const recount = (known: Known, company: string, budget: number): Promise<void> | undefined => {
    if (known.counting === undefined && now() >= known.countableAt) {
      known.counting = line.then(() => countOnce(known, company, budget))
      line = known.counting
    }
    return known.counting
  }

  return {
    async hasRoom(company, budget) {
      const known = find(company)
      const room = (): number | null => (known.counted === null ? null : budget - known.counted - known.made)
      const before = room()
      if (before !== null && before > 0) {
        // In time for the count to be there when the room is used up.
        if (known.made >= before) void recount(known, company, budget)
        return true
      }
      const counting = recount(known, company, budget)
      if (counting !== undefined) await Promise.race([counting, pause(patienceMs, undefined, { ref: false })])
      const after = room()
      return after === null || after > 0
    },
    note(company, keys) {
      const known = companies.get(company)
      if (known !== undefined) known.made += keys
    },
  }
}

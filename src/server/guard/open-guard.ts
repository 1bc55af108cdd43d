import { LRUCache } from 'lru-cache'
import { DbsvcError } from '../../core/errors/error.ts'
import { type Judgement, judgeStatement } from '../../engines/postgres/guard/judge.ts'
import type { Surroundings } from '../../engines/postgres/guard/surroundings.ts'
import type { Verb } from '../auth/identity.ts'
import type { KnownCompany } from '../context/request-context.ts'
import { createSharing } from './sharing.ts'
import type { Guard, Verdict } from './verdict.ts'

const mostBytes = 64 * 1024 * 1024
/** Of an entry beside its text and what was found. */
const overheadBytes = 400
const mostCompanies = 4_000
/** Changes of the schema change the key; this is for what changes without a migration, such as a grant. */
const ttlMs = 60_000

export interface GuardOptions {
  /** What a company may name. @throws DBS-1101 */
  readonly surroundingsOf: (company: string) => Promise<Surroundings>
  /** Of all verdicts together. */
  readonly cacheBytes?: number
}

/** What a text was found to do, or why it was refused. */
type Known = Judgement | Pick<DbsvcError, 'code' | 'details'>

/** Judges each statement once for a company and the version of its schema. A refusal is kept as well: it may be sent as often. */
export function openGuard({ surroundingsOf, cacheBytes = mostBytes }: GuardOptions): Guard {
  const verdicts = new LRUCache<string, Known>({
    maxSize: cacheBytes,
    sizeCalculation: (known, key) => (key.length + JSON.stringify(known).length) * 2 + overheadBytes,
    ttl: ttlMs,
  })
  const counts = { hits: 0, misses: 0 }
  const surroundings = new LRUCache<string, Promise<Surroundings>>({ max: mostCompanies, ttl: ttlMs })
  const share = createSharing()

  const know = (company: string, key: string): Promise<Surroundings> => {
    const known = surroundings.get(key)
    if (known !== undefined) return known
    const asked = surroundingsOf(company).then(share)
    surroundings.set(key, asked)
    asked.catch(() => surroundings.delete(key))
    return asked
  }

  const find = async (text: string, key: string, { company, schemaVersion }: KnownCompany): Promise<Judgement> => {
    const around = await know(company, `${company}\n${schemaVersion}`)
    try {
      const judgement = judgeStatement(text, around)
      verdicts.set(key, judgement)
      return judgement
    } catch (error) {
      // Without its stack and its cause, which are larger than the text.
      if (error instanceof DbsvcError) verdicts.set(key, { code: error.code, details: error.details })
      throw error
    }
  }

  return {
    judge(text, allowed, company) {
      const key = `${company.company}\n${company.schemaVersion}\n${text}`
      const known = verdicts.get(key)
      if (known !== undefined) {
        counts.hits++
        if ('code' in known) throw DbsvcError.of(known.code, known.details as never)
        return within(known, allowed)
      }
      counts.misses++
      return find(text, key, company).then((judgement) => within(judgement, allowed))
    },
    counts: () => ({ ...counts, entries: verdicts.size, bytes: verdicts.calculatedSize }),
  }
}

function within(judgement: Judgement, allowed: Verb): Verdict {
  if (allowed === 'write' || judgement.verb === 'read') return judgement
  const [changed] = judgement.writes
  throw DbsvcError.of('DBS-2203', {
    reason: changed === undefined ? 'it changes or locks rows, or calls a VOLATILE function' : `it writes ${changed}`,
  })
}

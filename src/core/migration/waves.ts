import { createHash } from 'node:crypto'
import type { TierName } from '../company/tier.ts'

/** When a wave is given up; later waves are then not begun. */
export interface StopRule {
  /** So many failed companies. */
  readonly failures?: number
  /** More than this part of the wave's companies, from 0 to 1. */
  readonly failureRate?: number
}

/** Which companies are rolled out together, and what must be true before the next ones are. Conditions add up. */
export interface WavePolicy {
  readonly name: string
  readonly companies?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly tiers?: readonly TierName[]
  /** Of the companies that the other conditions leave, rounded up. */
  readonly percentage?: number
  /** In place of the configured number; not more than that. */
  readonly connections?: number
  /** How long to wait after it, in ms. */
  readonly pauseMs?: number
  /** Whether the run ends after it as `paused`, for somebody to look and to resume it. */
  readonly approval?: boolean
  readonly stopAfter?: StopRule
}

/** What a wave asks of a company. */
export interface Candidate {
  readonly company: string
  readonly tier: TierName
  readonly labels: Readonly<Record<string, string>>
}

export interface Wave {
  readonly policy: WavePolicy
  readonly companies: ReadonlySet<string>
}

/** The wave of those that no policy takes. */
export const restWave = 'rest'

/**
 * Divides companies among the waves, in order: a company belongs to the first that takes it, the rest to a last one. Give all
 * companies and not only those with something pending, so that a percentage takes the same ones each time.
 */
export function assignWaves(candidates: readonly Candidate[], policies: readonly WavePolicy[]): Wave[] {
  let left = candidates
  const waves = policies.map((policy): Wave => {
    const matching = left.filter((candidate) => matches(candidate, policy))
    const companies = new Set(share(matching, policy.percentage).map(({ company }) => company))
    left = left.filter(({ company }) => !companies.has(company))
    return { policy, companies }
  })
  const rest = { policy: { name: restWave }, companies: new Set(left.map(({ company }) => company)) }
  return [...waves, rest].filter(({ companies }) => companies.size > 0)
}

/** Whether a wave of `size` companies is to be given up after so many failures. */
export function isToStop({ failures, failureRate }: StopRule, failed: number, size: number): boolean {
  if (failed === 0) return false
  return (failures !== undefined && failed >= failures) || (failureRate !== undefined && failed > failureRate * size)
}

function matches({ company, tier, labels }: Candidate, policy: WavePolicy): boolean {
  return (
    (policy.companies?.includes(company) ?? true) &&
    (policy.tiers?.includes(tier) ?? true) &&
    Object.entries(policy.labels ?? {}).every(([key, value]) => labels[key] === value)
  )
}

/** The same companies each time, whatever they are called. */
function share(candidates: readonly Candidate[], percentage: number | undefined): readonly Candidate[] {
  if (percentage === undefined) return candidates
  const digest = ({ company }: Candidate): string => createHash('sha256').update(company).digest('hex')
  const byDigest = candidates.map((candidate) => ({ candidate, key: digest(candidate) }))
  byDigest.sort((a, b) => (a.key < b.key ? -1 : 1))
  // 1.1 % of 3,000 are 33, and not the 33.00000000000001 that binary fractions make of it.
  const size = Math.ceil(Number(((candidates.length * percentage) / 100).toFixed(9)))
  return byDigest.slice(0, size).map(({ candidate }) => candidate)
}

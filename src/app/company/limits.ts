import type { LoadedConfig } from '../../config/load.ts'
import type { Company } from '../../core/company/spec.ts'
import type { TierLimits } from '../../core/company/tier.ts'

/** What a company's statements may cost: its tier's limits, with its own exceptions. */
export function limitsOf({ config }: LoadedConfig, { tier, limits }: Pick<Company, 'tier' | 'limits'>): TierLimits {
  return { ...config.tiers[tier], ...limits }
}

/** What a session that serves all companies may need. */
export function largestTempFileKb({ config }: LoadedConfig): number {
  return Math.max(...Object.values(config.tiers).map(({ tempFileKb }) => tempFileKb))
}

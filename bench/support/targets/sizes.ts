/** How much there is of what is asked for. */
export interface Sizes {
  readonly companies: number
  /** Of the measured company, in trading_history. */
  readonly trades: number
  /** Of the measured company, in signal_analytics. */
  readonly rows: number
  /** Of the measured company, in TradingPatterns. */
  readonly vectors: number
  /** Of the measured company, in the graph of its users. */
  readonly persons: number
}

export const usersPerCompany = 50
export const symbols = ['AUDUSD', 'EURUSD', 'GBPUSD', 'NZDUSD', 'USDJPY'] as const
/** Of each symbol and company, in the shared market_data. */
export const ticksPerSymbol = 400
export const dimensions = 384
export const followsPerPerson = 10
/** What has a time lies within as many months before this one. */
export const months = 12

/** The first moment of a month, 0 the eldest there is. */
export function monthStart(month: number): Date {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months + month))
}

export const counted = (count: number): string => count.toLocaleString('en-US')

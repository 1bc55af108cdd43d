const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of a duration such as 30m, 24h or 90d; undefined for what is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  return unit === undefined ? undefined : Number(amount) * units[unit as keyof typeof units]
}

/** When something ends: `text` is a duration from now on, or a date such as 2027-01-31 or 2027-01-31T12:00:00Z (UTC unless it says otherwise). */
export function parseEnd(text: string, nowMs: number): Date | undefined {
  const duration = parseDuration(text)
  if (duration !== undefined) return new Date(nowMs + duration)
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  if (day === undefined || !isDay(day)) return undefined
  const date = new Date(`${day}T${time ?? '00:00'}${zone ?? 'Z'}`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** JavaScript takes 2027-02-30 for 2 March. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

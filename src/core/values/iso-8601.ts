import type { ValueKind } from '../routing/cells.ts'

/**
 * A date or time as PostgreSQL writes it, in ISO 8601: `2026-01-02 03:04:05.678901+00` becomes `2026-01-02T03:04:05.678901Z`. Years before Christ
 * keep PostgreSQL's ` BC`, and `infinity` stays.
 */
export function isoTime(text: string, kind: ValueKind): string {
  if (kind !== 'timestamptz' && kind !== 'timestamp') return text
  const iso = text.replace(/^(\d+-\d\d-\d\d) /, '$1T')
  if (kind === 'timestamp') return iso
  return iso.replace(/\+00(?::00)?(?= BC$|$)/, 'Z').replace(/([+-]\d\d)(?= BC$|$)/, '$1:00')
}

// As IntervalStyle postgres has it: units with signs of their own, then a time with one sign for all of it.
const units = /([+-]?\d+) (year|mon|day)s?/g
const clock = /([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$/
const letters: Readonly<Record<string, string>> = { year: 'Y', mon: 'M', day: 'D' }

/** An interval as PostgreSQL writes it, as an ISO 8601 duration with signs: `1 mon -2 days +03:00:00` becomes `P1M-2DT3H`. */
export function isoDuration(text: string): string {
  if (/infinity$/.test(text)) return text
  const dates = [...text.matchAll(units)].map(([, amount = '', unit = '']) => `${Number(amount)}${letters[unit]}`)
  const [, sign = '', hours = '0', minutes = '0', seconds = '0'] = clock.exec(text) ?? []
  const minus = sign === '-' ? '-' : ''
  const times = [
    [Number(hours), 'H'],
    [Number(minutes), 'M'],
    [seconds.replace(/^0(?=\d)/, ''), 'S'],
  ]
    .filter(([amount]) => Number(amount) !== 0)
    .map(([amount, letter]) => `${minus}${amount}${letter}`)
  if (dates.length + times.length === 0) return 'PT0S'
  return `P${dates.join('')}${times.length === 0 ? '' : `T${times.join('')}`}`
}

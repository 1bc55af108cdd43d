import type { Blocker } from '../../core/run/blocker.ts'
import { perSecond } from './pace.ts'
import type { Failure, Retry, StepState } from './state.ts'

/** Text of others, such as a statement, may not move the cursor or begin a line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}

// Of a whole number. `toLocaleString` does the same, and loads the data of languages for 10 ms.
export const count = (number: number): string => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')

export const companies = (number: number): string => `${count(number)} ${number === 1 ? 'company' : 'companies'}`

/** Such as `8 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Such as `3,420 of 10,000 companies, 2 failed, 812/s, about 8 s left`. */
export function progressOf({ targets, done, failed, pace }: StepState, now: number): string {
  const finished = done + failed
  const rate = perSecond(pace, now)
  return [
    `${count(finished)} of ${companies(targets)}`,
    ...(failed === 0 ? [] : [`${count(failed)} failed`]),
    ...(rate === undefined ? [] : [`${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))}/s`]),
    ...(rate && finished < targets ? [`about ${duration(((targets - finished) / rate) * 1000)} left`] : []),
  ].join(', ')
}

export function failureOf({ target, migration, code, reason }: Failure): string {
  return `${target}${migration === '' ? '' : ` at ${migration}`}: ${oneLine(reason)} (${code})`
}

export function blockerOf({ pid, application, user, company, ageMs, statement }: Blocker, sinceMs = 0): string {
  const name = application === '' ? '' : `${oneLine(application)}, `
  const place = company === null ? '' : ` on ${company}`
  const seen = sinceMs < 1000 ? '' : `, seen ${duration(sinceMs)} ago`
  return `by pid ${pid} (${name}user ${oneLine(user)})${place}, open ${duration(ageMs)}${seen}: ${oneLine(statement)}`
}

export function retryOf({ targets, attempt, delayMs, reason }: Retry): string {
  const [first = '', ...others] = targets
  const rest = others.length === 0 ? '' : ` and ${count(others.length)} more`
  return `${first}${rest} in ${delayMs} ms, attempt ${attempt}: ${oneLine(reason)}`
}
